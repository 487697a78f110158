const FACTORS = {
  Length: { m: 1, km: 1000, cm: 0.01, mi: 1609.344, ft: 0.3048, in: 0.0254 },
  Weight: { kg: 1, g: 0.001, lb: 0.45359237, oz: 0.028349523125 },
};
const TO_KELVIN = { C: (t) => t + 273.15, F: (t) => ((t - 32) * 5) / 9 + 273.15, K: (t) => t };
const FROM_KELVIN = { C: (t) => t - 273.15, F: (t) => ((t - 273.15) * 9) / 5 + 32, K: (t) => t };
const get = (id) => document.getElementById(id);

function units() {
  return Object.keys(FACTORS[get("kind").value] || TO_KELVIN);
}

function convert(amount) {
  const table = FACTORS[get("kind").value];
  const [from, to] = [get("from").value, get("to").value];
  return table ? (amount * table[from]) / table[to] : FROM_KELVIN[to](TO_KELVIN[from](amount));
}

function show() {
  const text = get("amount").value;
  const number = Math.round(convert(Number(text)) * 10000) / 10000;
  get("result").textContent = text === "" ? "Enter a number" : `${number} ${get("to").value}`;
}

function fillUnits() {
  for (const id of ["from", "to"]) get(id).replaceChildren(...units().map((unit) => new Option(unit)));
  get("from").selectedIndex = 0;
  get("to").selectedIndex = 1;
  show();
}

get("kind").addEventListener("change", fillUnits);
for (const id of ["amount", "from", "to"]) get(id).addEventListener("input", show);
get("swap").addEventListener("click", () => {
  const from = get("from").value;
  get("from").value = get("to").value;
  get("to").value = from;
  show();
});
fillUnits();
