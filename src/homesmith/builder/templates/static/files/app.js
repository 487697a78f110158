let entries = load("entries", []);

function render() {
  find("entries").replaceChildren(...entries.map((entry) => make("li", { testid: "entry", text: entry })));
}

find("entry-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = find("entry-text").value.trim();
  if (text === "") return;
  entries.push(text);
  save("entries", entries);
  find("entry-text").value = "";
  render();
});

render();
