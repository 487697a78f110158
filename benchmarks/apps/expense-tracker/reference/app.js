const CATEGORIES = ["Food", "Transport", "Home", "Fun"];
const get = (id) => document.getElementById(id);
const euros = (cents) => "€" + (cents / 100).toFixed(2);
const sum = (some) => some.reduce((cents, expense) => cents + expense.cents, 0);
let expenses = JSON.parse(localStorage.getItem("expenses") || "[]");

function element(tag, testid, text) {
  const made = document.createElement(tag);
  made.dataset.testid = testid;
  made.textContent = text;
  return made;
}

function row(expense) {
  const text = `${expense.description} (${expense.category}) ${euros(expense.cents)} `;
  const made = element("li", "expense", text);
  const remove = element("button", "delete", "Delete");
  remove.addEventListener("click", () => {
    expenses = expenses.filter((other) => other !== expense);
    show();
  });
  made.append(remove);
  return made;
}

function categoryTotal(category) {
  const line = document.createElement("p");
  const own = expenses.filter((expense) => expense.category === category);
  line.append(`${category} `, element("b", `total-${category.toLowerCase()}`, euros(sum(own))));
  return line;
}

function show() {
  localStorage.setItem("expenses", JSON.stringify(expenses));
  const wanted = get("filter").value;
  const shown = expenses.filter((expense) => wanted === "All" || expense.category === wanted);
  get("list").replaceChildren(...shown.map(row));
  get("empty").hidden = shown.length > 0;
  get("total").textContent = euros(sum(expenses));
  get("totals").replaceChildren(...CATEGORIES.map(categoryTotal));
}

function add() {
  const description = get("description").value.trim();
  const cents = Math.round(Number(get("amount").value) * 100);
  const error = !description ? "Please enter a description."
    : !(cents > 0) ? "Please enter an amount above zero." : "";
  get("error").textContent = error;
  if (error) return;
  expenses.unshift({ description, cents, category: get("category").value });
  get("description").value = get("amount").value = "";
  show();
}

get("category").append(...CATEGORIES.map((name) => new Option(name)));
get("filter").append(...["All", ...CATEGORIES].map((name) => new Option(name)));
get("add").addEventListener("click", add);
get("filter").addEventListener("change", show);
get("clear").addEventListener("click", () => {
  if (!confirm("Delete all expenses?")) return;
  expenses = [];
  show();
});
show();
