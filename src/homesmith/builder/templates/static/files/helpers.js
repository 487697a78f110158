"use strict";

// find("total") is the element with data-testid="total".
function find(testid) {
  const element = document.querySelector('[data-testid="' + CSS.escape(testid) + '"]');
  if (!element) throw new Error('there is no element with data-testid="' + testid + '"');
  return element;
}

// read("hours") is what stands in a field: text, true or false for a checkbox, and for a number field
// a number, or null while it is empty.
function read(testid) {
  const field = find(testid);
  if (field.type === "checkbox") return field.checked;
  if (!["number", "range"].includes(field.type)) return field.value;
  return field.value === "" ? null : Number(field.value);
}

// make("li", { testid: "item", text: "Milk", onclick: remove }, [children]) creates an element.
function make(tag, options, children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(options || {})) {
    if (name === "testid") element.dataset.testid = value;
    else if (name === "text") element.textContent = value;
    else if (name === "class") element.className = value;
    else if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...(children || []));
  return element;
}

// fill("bills", bills.map(billElement)) shows these elements, and no others, in the list there.
function fill(testid, elements) {
  const holder = find(testid);
  let list = holder.matches("ul, ol") ? holder : holder.querySelector("ul, ol, .filled");
  if (!list) {
    list = holder.appendChild(make(elements[0]?.matches("li") ? "ul" : "div", { class: "filled" }));
  }
  list.replaceChildren(...elements);
}

// say("total", text) shows a text there; an element with nothing to say is not seen.
function say(testid, text) {
  const element = find(testid);
  element.textContent = text ?? "";
  element.hidden = element.textContent === "";
}

// options("town", ["Oslo", "Bergen"]) puts these options in a dropdown; the first is chosen, or `chosen`.
function options(testid, names, chosen) {
  find(testid).replaceChildren(...names.map((name) => make("option", { text: name, value: name })));
  find(testid).value = chosen ?? names[0];
}

// rounded(2.50001, 2) is the number as a text with at most so many decimals: "2.5".
function rounded(number, decimals) {
  return String(Number(Number(number).toFixed(decimals)));
}

// asTime(125) is seconds as minutes and seconds: "02:05".
function asTime(seconds) {
  return [Math.floor(seconds / 60), seconds % 60].map((part) => String(part).padStart(2, "0")).join(":");
}

// load("key", fallback) reads what save("key", value) kept in this browser.
function load(key, fallback) {
  try {
    const text = localStorage.getItem(key);
    return text === null ? fallback : JSON.parse(text);
  } catch {
    return fallback;
  }
}
function save(key, value) {
  localStorage.setItem(key, JSON.stringify(value));
}

// themeSwitch("theme", "Dark mode", "Light mode"): that button turns the page dark and light again;
// its text says what pressing it will do, or stays as it is without such texts. The choice is kept.
function themeSwitch(testid, dark, light) {
  const show = () => {
    const on = load("dark", false);
    document.body.classList.toggle("dark", on);
    document.documentElement.dataset.theme = on ? "dark" : "light";
    if (dark) find(testid).textContent = on ? light : dark;
  };
  find(testid).addEventListener("click", () => {
    save("dark", !load("dark", false));
    show();
  });
  show();
}

// After every click, change, submit and Enter the page is drawn anew, if app.js has a render().
// Typing in a field, or opening a list of options, leaves the page as it is.
const TYPED = "textarea, input:not([type=checkbox], [type=radio], [type=date], [type=color])";
function redraw(event) {
  if (event.type === "submit") event.preventDefault();
  if (event.type === "keydown" && event.key !== "Enter") return;
  if (event.type === "click" && event.target.closest("input, select, textarea, label")) return;
  if (event.type === "change" && event.target.matches(TYPED)) return;
  if (typeof render === "function") queueMicrotask(() => render());
}
for (const type of ["click", "change", "submit", "keydown"]) document.addEventListener(type, redraw);

// So it is after each call of setInterval and setTimeout.
for (const name of ["setInterval", "setTimeout"]) {
  const plain = window[name].bind(window);
  window[name] = (action, ...rest) =>
    plain((...values) => {
      action(...values);
      if (typeof render === "function") render();
    }, ...rest);
}

// onEnter("name", add) calls add() when Enter is pressed in that field.
function onEnter(testid, action) {
  find(testid).addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing) action();
  });
}

// toggled(["a"], "b") is the list with "b"; without it, where the list has it.
function toggled(list, item) {
  const have = list ?? [];
  return have.includes(item) ? have.filter((other) => other !== item) : [...have, item];
}

// newId() is a text that no other call gives.
function newId() {
  return Date.now().toString(36) + Math.random().toString(36).slice(2, 8);
}
