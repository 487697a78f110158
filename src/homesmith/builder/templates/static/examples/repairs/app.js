const LISTS = ["open", "done"];
// Each repair is an object with { list, item, hours, bench }
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
  repairs.push({ list: "open", item: item, hours: hours, bench: find("bench").value });
  find("item").value = "";
  find("hours").value = "";
}

// Every repair is one line (`repair`) that shows item, bench and hours, with a "Finish" button
// (`finish`) that moves it from "Open" (`list-open`) to "Done" (`list-done`), where the button is
// disabled, a "Rename" button (`rename`) and a "Remove" button (`remove`).
function finishRepair(repair) {
  repair.list = "done";
}

function renameRepair(repair) {
  editing = repair;
}

// Every repair is one line (`repair`) that shows item, bench and hours, with a "Finish" button
// (`finish`) that moves it from "Open" (`list-open`) to "Done" (`list-done`), where the button is
// disabled, a "Rename" button (`rename`) and a "Remove" button (`remove`).
function removeRepair(repair) {
  repairs = repairs.filter((other) => other !== repair);
}

// `rename` replaces the item by a text field (`new-item`) holding the old one, and a "Keep" button
// (`keep`); an empty text changes nothing.
function keepRepair(repair) {
  const item = find("new-item").value.trim();
  if (item !== "") repair.item = item;
  editing = null;
}

// Every repair is one line (`repair`) that shows item, bench and hours, with a "Finish" button
// (`finish`) that moves it from "Open" (`list-open`) to "Done" (`list-done`), where the button is
// disabled, a "Rename" button (`rename`) and a "Remove" button (`remove`). `rename` replaces the
// item by a text field (`new-item`) holding the old one, and a "Keep" button (`keep`); an empty
// text changes nothing.
function repairElement(repair) {
  return make("li", { testid: "repair" }, [
    make("span", { text: repair.item + " · " + repair.bench + " · " + repair.hours + " h" }),
    make("button", { testid: "finish", onclick: () => finishRepair(repair), text: "Finish", disabled: repair.list === "done" }),
    make("button", { testid: "rename", onclick: () => renameRepair(repair), text: "Rename" }),
    make("button", { testid: "remove", onclick: () => removeRepair(repair), text: "Remove" }),
    ...(editing !== repair ? [] : [
      make("input", { type: "text", testid: "new-item", value: repair.item }),
      make("button", { testid: "keep", onclick: () => keepRepair(repair), text: "Keep" }),
    ]),
  ]);
}

// The number of repairs in each list stands in `count-open` and `count-done`, and `hours-total` is
// the sum of all hours, for example "7.5 hours"; these do not depend on `show`.
function hoursTotalText() {
  const number = repairs.reduce((sum, repair) => sum + repair.hours, 0);
  return number.toFixed(1) + " hours";
}

// A dropdown `show` with All, Wood, Metal and Wires limits what is listed. The number of repairs in
// each list stands in `count-open` and `count-done`, and `hours-total` is the sum of all hours, for
// example "7.5 hours"; these do not depend on `show`.
function shownRepairs() {
  const bench = find("show").value;
  return repairs.filter((repair) => bench === "All" || repair.bench === bench);
}

function render() {
  save("repairs", repairs);
  for (const list of LISTS) {
    const here = shownRepairs().filter((repair) => repair.list === list);
    fill("list-" + list, here.map(repairElement));
    say("count-" + list, repairs.filter((repair) => repair.list === list).length);
  }
  say("hours-total", hoursTotalText());
}

find("add-repair").addEventListener("click", addRepair);

render();
