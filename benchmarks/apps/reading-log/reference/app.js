const STATUSES = ["Want to read", "Reading", "Read"];
const ADVANCE = { "Want to read": "Start reading", Reading: "Finish" };
const get = (id) => document.querySelector(`[data-testid="${id}"]`);
const plural = (number, word) => `${number} ${word}${number === 1 ? "" : "s"}`;
const same = (a, b) => a.trim().toLowerCase() === b.trim().toLowerCase();

function load() {
  try {
    const kept = JSON.parse(localStorage.getItem("reading-log"));
    if (Array.isArray(kept.books)) return kept;
  } catch { /* unreadable: start afresh */ }
  return { books: [], goal: "12", dark: false };
}

const state = load();
let editing = null;
let removed = null;

function element(tag, testid, text = "") {
  const made = document.createElement(tag);
  made.dataset.testid = testid;
  made.textContent = text;
  return made;
}

function button(testid, text, act) {
  const made = element("button", testid, text);
  made.addEventListener("click", () => { act(); show(); });
  return made;
}

function field(testid, value) {
  const made = element("input", testid);
  made.value = value;
  made.setAttribute("aria-label", testid.replace("edit-", ""));
  return made;
}

function say(text) {
  get("notice").textContent = text;
  removed = null;
}

function problem(title, author, pages, self) {
  if (!title.trim()) return "Please enter a title.";
  if (!author.trim()) return "Please enter an author.";
  if (!/^\d+$/.test(pages.trim()) || Number(pages) < 1) return "Pages must be a whole number above zero.";
  const double = state.books.some((book) => book !== self && same(book.title, title) && same(book.author, author));
  return double ? "This book is already in your log." : "";
}

function add() {
  const [title, author, pages] = ["book-title", "book-author", "book-pages"].map((id) => get(id).value);
  const error = problem(title, author, pages);
  get("form-error").textContent = error;
  if (error) return;
  const book = { title: title.trim(), author: author.trim(), pages: Number(pages), status: get("book-status").value, stars: 0 };
  state.books.push(book);
  for (const id of ["book-title", "book-author", "book-pages"]) get(id).value = "";
  get("book-status").selectedIndex = 0;
  say(`Added "${book.title}".`);
  show();
}

function remove(book) {
  const place = state.books.indexOf(book);
  state.books.splice(place, 1);
  say(`Removed "${book.title}".`);
  removed = { book, place };
}

function restore() {
  const { book, place } = removed;
  state.books.splice(place, 0, book);
  say(`Restored "${book.title}".`);
  show();
}

function editForm(book) {
  const title = field("edit-title", book.title);
  const author = field("edit-author", book.author);
  const pages = field("edit-pages", book.pages);
  const error = element("p", "edit-error");
  const save = element("button", "save-edit", "Save");
  save.addEventListener("click", () => {
    error.textContent = problem(title.value, author.value, pages.value, book);
    if (error.textContent) return;
    Object.assign(book, { title: title.value.trim(), author: author.value.trim(), pages: Number(pages.value) });
    editing = null;
    say(`Saved "${book.title}".`);
    show();
  });
  return [title, author, pages, save, button("cancel-edit", "Cancel", () => { editing = null; }), error];
}

function stars(book) {
  const rate = (number) => button(`star-${number}`, "★", () => { book.stars = book.stars === number ? 0 : number; });
  const text = book.stars ? plural(book.stars, "star") : "Not rated";
  return [...[1, 2, 3, 4, 5].map(rate), element("span", "rating", text)];
}

function details(book) {
  const parts = [
    element("b", "title", book.title), " ", element("span", "author", `by ${book.author}`), " ",
    element("span", "pages", plural(book.pages, "page")), " ", element("span", "status", book.status),
  ];
  if (ADVANCE[book.status]) parts.push(button("advance", ADVANCE[book.status], () => {
    book.status = STATUSES[STATUSES.indexOf(book.status) + 1];
    removed = null;
  }));
  else parts.push(...stars(book));
  parts.push(button("edit", "Edit", () => { editing = book; }), button("remove", "Remove", () => remove(book)));
  return parts;
}

function item(book) {
  const made = element("li", "book");
  made.append(...(book === editing ? editForm(book) : details(book)));
  return made;
}

function visible() {
  const wanted = get("search").value.trim().toLowerCase();
  const status = get("filter").value;
  const found = state.books.filter((book) =>
    (status === "All books" || book.status === status)
    && `${book.title}\n${book.author}`.toLowerCase().includes(wanted));
  const by = (key) => (a, b) => a[key].localeCompare(b[key], undefined, { sensitivity: "base" });
  const orders = { Title: by("title"), Author: by("author"), "Most pages": (a, b) => b.pages - a.pages };
  return orders[get("sort").value] ? found.sort(orders[get("sort").value]) : found;
}

function showStatistics() {
  const read = state.books.filter((book) => book.status === "Read");
  const rated = read.filter((book) => book.stars);
  const sum = (some, key) => some.reduce((total, book) => total + book[key], 0);
  get("stat-total").textContent = state.books.length;
  get("stat-reading").textContent = state.books.filter((book) => book.status === "Reading").length;
  get("stat-read").textContent = read.length;
  get("stat-pages").textContent = sum(read, "pages");
  get("stat-average").textContent = rated.length ? (sum(rated, "stars") / rated.length).toFixed(1) : "-";
  showGoal(read.length);
}

function showGoal(read) {
  const goal = Number(state.goal);
  const percent = Math.min(100, Math.round((read / goal) * 100));
  get("goal-progress").textContent = goal < 1 ? "Set a goal of at least 1." : `${read} of ${goal} books (${percent}%)`;
  get("goal-message").textContent = goal >= 1 && read >= goal ? "Goal reached, congratulations!" : "";
}

function show() {
  localStorage.setItem("reading-log", JSON.stringify(state));
  const shown = visible();
  document.getElementById("list").replaceChildren(...shown.map(item));
  get("shown").textContent = `Showing ${shown.length} of ${plural(state.books.length, "book")}`;
  get("empty").hidden = shown.length > 0;
  get("empty").textContent = state.books.length ? "No book matches." : "Your log is empty. Add your first book above.";
  get("undo-remove").hidden = !removed;
  get("delete-all").disabled = !state.books.length;
  document.body.classList.toggle("dark", state.dark);
  get("theme").textContent = state.dark ? "Light mode" : "Dark mode";
  showStatistics();
}

get("goal").value = state.goal;
get("add-book").addEventListener("click", add);
get("undo-remove").addEventListener("click", restore);
for (const id of ["search", "filter", "sort"]) get(id).addEventListener("input", show);
get("goal").addEventListener("input", () => { state.goal = get("goal").value; show(); });
get("theme").addEventListener("click", () => { state.dark = !state.dark; show(); });
get("delete-all").addEventListener("click", () => {
  if (!confirm("Really delete all books?")) return;
  state.books = [];
  say("All books deleted.");
  show();
});
show();
