let repairs = load("repairs", []);
let show = "All";

function update() {
  save("repairs", repairs);
  render();
}

function addRepair() {
  const item = find("item").value.trim();
  const hours = Number(find("hours").value);
  if (item === "" || !(hours > 0)) {
    find("message").textContent = "Please give an item and hours";
    return;
  }
  find("message").textContent = "";
  repairs.push({ id: newId(), item: item, hours: hours, bench: find("bench").value, list: "open" });
  find("item").value = "";
  find("hours").value = "";
  update();
}

function finishRepair(repair) {
  repair.list = "done";
  update();
}

function removeRepair(repair) {
  repairs = repairs.filter((other) => other.id !== repair.id);
  update();
}

function repairLine(repair) {
  return make("li", { testid: "repair" }, [
    make("span", { text: repair.item + " · " + repair.bench + " · " + repair.hours + " h" }),
    make("button", { testid: "finish", text: "Finish", disabled: repair.list === "done", onclick: () => finishRepair(repair) }),
    make("button", { testid: "remove", text: "Remove", onclick: () => removeRepair(repair) }),
  ]);
}

function render() {
  const shown = repairs.filter((repair) => show === "All" || repair.bench === show);
  const open = repairs.filter((repair) => repair.list === "open");
  const done = repairs.filter((repair) => repair.list === "done");
  find("list-open").replaceChildren(...shown.filter((repair) => repair.list === "open").map(repairLine));
  find("list-done").replaceChildren(...shown.filter((repair) => repair.list === "done").map(repairLine));
  find("repair-count").textContent = open.length + " open, " + done.length + " done";
  find("hours-total").textContent = String(repairs.reduce((sum, repair) => sum + repair.hours, 0));
}

find("repair-form").addEventListener("submit", (event) => {
  event.preventDefault();
  addRepair();
});
find("show").addEventListener("change", () => {
  show = find("show").value;
  render();
});

render();
