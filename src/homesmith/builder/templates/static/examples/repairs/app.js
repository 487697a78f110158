// Each repair is an object with { id, item, hours, bench, done }
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
  repairs.push({ id: newId(), item: item, hours: hours, bench: find("bench").value, done: false });
  find("item").value = "";
  find("hours").value = "";
}

// Every repair is one line (`repair`) that shows item, bench and hours, with a "Finish" button
// (`finish`) that moves it from "Open" (`list-open`) to "Done" (`list-done`), where the button is
// disabled, a "Rename" button (`rename`) and a "Remove" button (`remove`).
function finishRepair(repair) {
  repair.done = true;
}

function renameRepair(repair) {
  editing = repair;
}

// Every repair is one line (`repair`) that shows item, bench and hours, with a "Finish" button
// (`finish`) that moves it from "Open" (`list-open`) to "Done" (`list-done`), where the button is
// disabled, a "Rename" button (`rename`) and a "Remove" button (`remove`).
function removeRepair(repair) {
  repairs = repairs.filter((other) => other.id !== repair.id);
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
    make("button", { testid: "finish", onclick: () => finishRepair(repair), text: "Finish", disabled: repair.done }),
    make("button", { testid: "rename", onclick: () => renameRepair(repair), text: "Rename" }),
    make("button", { testid: "remove", onclick: () => removeRepair(repair), text: "Remove" }),
    ...(editing !== repair ? [] : [
      make("input", { type: "text", testid: "new-item", value: repair.item }),
      make("button", { testid: "keep", onclick: () => keepRepair(repair), text: "Keep" }),
    ]),
  ]);
}

// Every repair is one line (`repair`) that shows item, bench and hours, with a "Finish" button
// (`finish`) that moves it from "Open" (`list-open`) to "Done" (`list-done`), where the button is
// disabled, a "Rename" button (`rename`) and a "Remove" button (`remove`). A select (`show`) with
// All and the three benches limits what is listed. `repair-count` says how many there are, for
// example "1 open, 2 done", and `hours-total` is the sum of all hours, whatever is listed.
function render() {
  save("repairs", repairs);
  const bench = find("show").value;
  const shown = repairs.filter((repair) => bench === "All" || repair.bench === bench);
  const open = repairs.filter((repair) => !repair.done);
  const done = repairs.filter((repair) => repair.done);
  find("list-open").replaceChildren(...shown.filter((repair) => !repair.done).map(repairElement));
  find("list-done").replaceChildren(...shown.filter((repair) => repair.done).map(repairElement));
  find("repair-count").textContent = open.length + " open, " + done.length + " done";
  find("hours-total").textContent = String(repairs.reduce((sum, repair) => sum + repair.hours, 0));
}

find("add-repair").addEventListener("click", addRepair);

render();
