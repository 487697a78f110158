const get = (id) => document.getElementById(id);
let todos = JSON.parse(localStorage.getItem("todos") || "[]");
let filter = "all";

function item(todo) {
  const row = document.createElement("li");
  row.dataset.testid = "todo-item";
  row.className = todo.done ? "done" : "";
  row.innerHTML = `<input type="checkbox" data-testid="todo-toggle">
    <span data-testid="todo-text"></span> <button data-testid="todo-delete">Delete</button>`;
  const [box, text, remove] = row.children;
  box.checked = todo.done;
  text.textContent = todo.text;
  box.addEventListener("change", () => { todo.done = box.checked; show(); });
  remove.addEventListener("click", () => { todos = todos.filter((other) => other !== todo); show(); });
  return row;
}

function show() {
  localStorage.setItem("todos", JSON.stringify(todos));
  const wanted = { all: () => true, active: (t) => !t.done, done: (t) => t.done }[filter];
  get("list").replaceChildren(...todos.filter(wanted).map(item));
  const open = todos.filter((todo) => !todo.done).length;
  get("count").textContent = `${open} ${open === 1 ? "item" : "items"} left`;
  get("empty").hidden = todos.length > 0;
}

get("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = get("new").value.trim();
  if (text) todos.push({ text, done: false });
  get("new").value = "";
  show();
});
for (const button of document.querySelectorAll("[data-filter]"))
  button.addEventListener("click", () => { filter = button.dataset.filter; show(); });
get("clear").addEventListener("click", () => { todos = todos.filter((todo) => !todo.done); show(); });
show();
