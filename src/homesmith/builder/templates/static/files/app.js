"use strict";

// $("id") is the element with that id. load("key", fallback) reads what save("key", value) kept.
function $(id) {
  return document.getElementById(id);
}
function load(key, fallback) {
  const text = localStorage.getItem(key);
  return text === null ? fallback : JSON.parse(text);
}
function save(key, value) {
  localStorage.setItem(key, JSON.stringify(value));
}

let entries = load("entries", []);

function render() {
  $("entries").replaceChildren();
  for (const entry of entries) {
    const item = document.createElement("li");
    item.textContent = entry;
    $("entries").append(item);
  }
}

$("entry-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("entry-text").value.trim();
  if (text === "") return;
  entries.push(text);
  save("entries", entries);
  $("entry-form").reset();
  render();
});

render();
