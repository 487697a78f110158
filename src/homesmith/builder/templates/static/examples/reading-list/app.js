// Everything the app knows; render() shows it, every change ends in update().
let books = load("books", []);
let show = "All";

function update() {
  save("books", books);
  render();
}

function addBook() {
  const title = find("title").value.trim();
  const pages = Number(find("pages").value);
  if (title === "" || !(pages >= 1)) {
    find("message").textContent = "Please give a title and pages";
    return;
  }
  find("message").textContent = "";
  books.push({ id: newId(), title: title, pages: pages, shelf: find("shelf").value, list: "reading" });
  find("title").value = "";
  find("pages").value = "";
  update();
}

function finishBook(book) {
  book.list = "finished";
  update();
}

function removeBook(book) {
  books = books.filter((other) => other.id !== book.id);
  update();
}

function bookLine(book) {
  return make("li", { testid: "book" }, [
    make("span", { text: book.title + " · " + book.shelf + " · " + book.pages }),
    make("button", { testid: "finish", text: "Finish", disabled: book.list === "finished", onclick: () => finishBook(book) }),
    make("button", { testid: "remove", text: "Remove", onclick: () => removeBook(book) }),
  ]);
}

function render() {
  const shown = books.filter((book) => show === "All" || book.shelf === show);
  const reading = books.filter((book) => book.list === "reading");
  const finished = books.filter((book) => book.list === "finished");
  find("list-reading").replaceChildren(...shown.filter((book) => book.list === "reading").map(bookLine));
  find("list-finished").replaceChildren(...shown.filter((book) => book.list === "finished").map(bookLine));
  find("book-count").textContent = reading.length + " reading, " + finished.length + " finished";
  find("page-total").textContent = String(books.reduce((sum, book) => sum + book.pages, 0));
}

find("book-form").addEventListener("submit", (event) => {
  event.preventDefault();
  addBook();
});
find("show").addEventListener("change", () => {
  show = find("show").value;
  render();
});

render();
