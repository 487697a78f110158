// - Inside: Basic (8 m² with a litre), Premium (12 m² with a litre)
// - Outside: Standard (6 m² with a litre), Marine (9 m² with a litre)
const CHOICES = {
  Inside: ["Basic", "Premium"],
  Outside: ["Standard", "Marine"],
};
// The clock: "ready", "running", "paused" or "over", and the seconds that are left.
let phase = "ready";
let left = 0;
let timer = null;
// Data that never changes, and what the page remembers.
const COVERS = {
  Inside: { Basic: 8, Premium: 12 },
  Outside: { Standard: 6, Marine: 9 },
};

function wholeTime() {
  return read("minutes") * 60;
}

// Called once a second while it runs.
function tick() {
  left -= 1;
  if (left > 0) return;
  clearInterval(timer);
  phase = "over";
}

// "Swap" (`swap`) exchanges width and height.
function swap() {
  const width = find("width").value;
  find("width").value = find("height").value;
  find("height").value = width;
}

// "Start" (`start`) counts down one second at a time, "Stop" (`stop`) pauses it. At the end `clock`
// shows "Dry!".
function start() {
  if (phase === "running") return;
  if (phase !== "paused") left = wholeTime();
  phase = left > 0 ? "running" : "ready";
  if (phase === "running") timer = setInterval(tick, 1000);
}

// "Start" (`start`) counts down one second at a time, "Stop" (`stop`) pauses it. At the end `clock`
// shows "Dry!".
function stop() {
  if (phase !== "running") return;
  clearInterval(timer);
  phase = "paused";
}

// When I change the place, `quality` gets the qualities of that place, and the first is chosen.
function placeChanged() {
  const choices = CHOICES[find("place").value];
  options("quality", choices);
}

// If a number is missing or not above 0, `error` says "Enter two numbers above 0" and `area` and
// `litres` are empty.
function errorText(width, height, place, quality, minutes) {
  return width > 0 && height > 0 ? "" : "Enter two numbers above 0";
}

// While I type, `area` shows the area, for example "10.50 m²", and `litres` the litres, rounded up,
// for example "2 litres" or "1 litre". If a number is missing or not above 0, `error` says "Enter
// two numbers above 0" and `area` and `litres` are empty.
function numbers(width, height, place, quality, minutes) {
  // `area` shows the area
  const areaNumber = width * height;
  // `litres` the litres
  const litresNumber = Math.ceil(areaNumber / COVERS[place][quality]);
  return { areaNumber, litresNumber };
}

// A drying clock stands below: the minutes (`minutes`, default 30) and the time left (`clock`),
// which shows "30:00" at first. At the end `clock` shows "Dry!".
function clockText(width, height, place, quality, minutes) {
  if (phase === "over") return "Dry!";
  return asTime(phase === "ready" ? wholeTime() : left);
}

function render() {
  const width = read("width");
  const height = read("height");
  const place = read("place");
  const quality = read("quality");
  const minutes = read("minutes");
  const { areaNumber, litresNumber } = numbers(width, height, place, quality, minutes);
  const fine = errorText(width, height, place, quality, minutes) === "";
  say("error", errorText(width, height, place, quality, minutes));
  say("area", fine ? areaNumber.toFixed(2) + " m²" : "");
  say("litres", fine ? litresNumber + (litresNumber === 1 ? " litre" : " litres") : "");
  say("clock", clockText(width, height, place, quality, minutes));
}

find("swap").addEventListener("click", swap);
find("start").addEventListener("click", start);
find("stop").addEventListener("click", stop);
find("place").addEventListener("change", placeChanged);
find("width").addEventListener("input", render);
find("height").addEventListener("input", render);
find("minutes").addEventListener("input", render);

placeChanged();
render();
