// Each repair is an object with { item, hours, bench, fixed }
let show = "all"; // one of "all", "open", "fixed"
let repairs = load("repairs", []);
let editing = null;

// I type what is broken (data-testid `item`) and the hours it needs (`hours`), choose a bench
// (`bench`: Wood, Metal, Wires) and press "Add repair" (`add-repair`). Adding empties item and
// hours. Without an item, or with hours not above 0, `message` says "Please give an item and hours"
// and nothing is added.
function addRepair() {
  const item = find("item").value.trim();
  const hours = Number(find("hours").value);
  if (item === "" || !(hours > 0)) {
    find("message").textContent = "Please give an item and hours";
    return;
  }
  find("message").textContent = "";
  repairs.push({ item: item, hours: hours, bench: find("bench").value, fixed: false });
  find("item").value = "";
  find("hours").value = "";
}

function showAll() {
  show = "all";
}

function showOpen() {
  show = "open";
}

function showFixed() {
  show = "fixed";
}

// `open` says how many are not fixed yet, for example "1 repair open" or "2 repairs open", and
// `hours-total` is the sum of all hours, for example "7.5 hours". A button `clear-fixed` removes
// all fixed repairs.
function clearFixed() {
  repairs = repairs.filter((repair) => !repair.fixed);
}

// Every repair is one line (`repair`) that shows the item (`repair-item`), the bench and the hours
// (`repair-hours`, like "2.5 h"), with a checkbox `fixed`, a "Rename" button (`rename`) and a
// "Remove" button (`remove`). Fixed repairs are crossed out.
function fixedRepair(repair) {
  repair.fixed = !repair.fixed;
}

function renameRepair(repair) {
  editing = repair;
}

// Every repair is one line (`repair`) that shows the item (`repair-item`), the bench and the hours
// (`repair-hours`, like "2.5 h"), with a checkbox `fixed`, a "Rename" button (`rename`) and a
// "Remove" button (`remove`).
function removeRepair(repair) {
  repairs = repairs.filter((other) => other !== repair);
}

// `rename` replaces the item by a text field (`new-item`) holding the old one, and a "Keep" button
// (`keep`); an empty text changes nothing.
function keepRepair(repair) {
  editing = null;
  const item = find("new-item").value.trim();
  if (item !== "") repair.item = item;
}

// Every repair is one line (`repair`) that shows the item (`repair-item`), the bench and the hours
// (`repair-hours`, like "2.5 h"), with a checkbox `fixed`, a "Rename" button (`rename`) and a
// "Remove" button (`remove`). Fixed repairs are crossed out. `rename` replaces the item by a text
// field (`new-item`) holding the old one, and a "Keep" button (`keep`); an empty text changes
// nothing.
function repairElement(repair) {
  return make("li", { testid: "repair", class: repair.fixed ? "done" : "" }, [
    make("span", { testid: "repair-item", text: repair.item, hidden: editing === repair }),
    make("span", { testid: "repair-hours", text: repair.bench + " " + repair.hours.toFixed(1) + " h", hidden: editing === repair }),
    make("input", { type: "checkbox", testid: "fixed", onchange: () => fixedRepair(repair), checked: repair.fixed }),
    make("button", { testid: "rename", onclick: () => renameRepair(repair), text: "Rename" }),
    make("button", { testid: "remove", onclick: () => removeRepair(repair), text: "Remove" }),
    ...(editing !== repair ? [] : [
      make("input", { type: "text", testid: "new-item", value: repair.item }),
      make("button", { testid: "keep", onclick: () => keepRepair(repair), text: "Keep" }),
    ]),
  ]);
}

// `open` says how many are not fixed yet, for example "1 repair open" or "2 repairs open", and
// `hours-total` is the sum of all hours, for example "7.5 hours".
function openText() {
  const number = repairs.filter((repair) => !repair.fixed).length;
  return number + (number === 1 ? " repair open" : " repairs open");
}

// `open` says how many are not fixed yet, for example "1 repair open" or "2 repairs open", and
// `hours-total` is the sum of all hours, for example "7.5 hours".
function hoursTotalText() {
  const number = repairs.reduce((sum, repair) => sum + repair.hours, 0);
  return number.toFixed(1) + " hours";
}

// The buttons `show-all`, `show-open` and `show-fixed` choose what is listed. A dropdown `place`
// with All, Wood, Metal and Wires limits it too. If nothing is listed, `empty` says "Nothing to see
// here."
function shownRepairs() {
  const here = repairs.filter((repair) => ["All", repair.bench].includes(find("place").value));
  if (show === "open") return here.filter((repair) => !repair.fixed);
  if (show === "fixed") return here.filter((repair) => repair.fixed);
  return here;
}

// If nothing is listed, `empty` says "Nothing to see here."
function emptyText() {
  const none = shownRepairs().length === 0;
  return none ? "Nothing to see here." : "";
}

function render() {
  save("repairs", repairs);
  fill("repairs", shownRepairs().map(repairElement));
  say("empty", emptyText());
  say("open", openText());
  say("hours-total", hoursTotalText());
}

find("add-repair").addEventListener("click", addRepair);
find("show-all").addEventListener("click", showAll);
find("show-open").addEventListener("click", showOpen);
find("show-fixed").addEventListener("click", showFixed);
find("clear-fixed").addEventListener("click", clearFixed);

render();
