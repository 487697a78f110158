const COLUMNS = [["todo", "To do"], ["doing", "Doing"], ["done", "Done"]];
const get = (id) => document.getElementById(id);
let cards = JSON.parse(localStorage.getItem("cards") || "[]");
let editing = null;

function element(tag, testid, text = "") {
  const made = document.createElement(tag);
  made.dataset.testid = testid;
  made.textContent = text;
  return made;
}

function button(testid, text, act, disabled = false) {
  const made = element("button", testid, text);
  made.disabled = disabled;
  made.addEventListener("click", () => { act(); show(); });
  return made;
}

function move(card, by) {
  cards = cards.filter((other) => other !== card);
  cards.push(card);
  card.column += by;
}

function titleParts(card) {
  if (editing !== card) return [element("span", "card-title", card.title)];
  const field = element("input", "edit-title");
  field.value = card.title;
  const save = button("save-title", "Save", () => {
    card.title = field.value.trim() || card.title;
    editing = null;
  });
  return [field, save];
}

function cardElement(card) {
  const made = element("article", "card");
  made.append(
    ...titleParts(card),
    button("move-left", "←", () => move(card, -1), card.column === 0),
    button("move-right", "→", () => move(card, 1), card.column === 2),
    button("edit-card", "Edit", () => { editing = card; }),
    button("delete-card", "Delete", () => { cards = cards.filter((other) => other !== card); }),
  );
  return made;
}

function columnElement([id, name], place) {
  const made = element("section", `column-${id}`);
  const own = cards.filter((card) => card.column === place);
  const heading = document.createElement("h2");
  heading.append(`${name} (`, element("span", `count-${id}`, own.length), ")");
  const wanted = get("search").value.trim().toLowerCase();
  const shown = own.filter((card) => card.title.toLowerCase().includes(wanted));
  made.append(heading, ...shown.map(cardElement));
  return made;
}

function show() {
  localStorage.setItem("cards", JSON.stringify(cards));
  get("board").replaceChildren(...COLUMNS.map(columnElement));
}

get("add").addEventListener("click", () => {
  const title = get("new").value.trim();
  if (title) cards.push({ title, column: 0 });
  get("new").value = "";
  show();
});
get("search").addEventListener("input", show);
get("clear").addEventListener("click", () => { cards = cards.filter((card) => card.column !== 2); show(); });
show();
