// - Inside: Basic (8 m² with a litre), Premium (12 m² with a litre)
// - Outside: Standard (6 m² with a litre), Marine (9 m² with a litre)
// Data that never changes, and what the page remembers.
const COVERS = {
  Inside: { Basic: 8, Premium: 12 },
  Outside: { Standard: 6, Marine: 9 },
};
let secondsLeft = null;
let timer = null;

// Called once a second while it runs. "Start" (`start`) counts down one second at a time, "Stop"
// (`stop`) pauses it. At the end `clock` shows "Dry!".
function tick() {
  secondsLeft = secondsLeft - 1;
  if (secondsLeft <= 0) stop();
  render();
}

// "Swap" (`swap`) exchanges width and height.
function swap() {
  const width = find("width").value;
  find("width").value = find("height").value;
  find("height").value = width;
}

// "Start" (`start`) counts down one second at a time, "Stop" (`stop`) pauses it. At the end `clock`
// shows "Dry!".
function start() {
  if (timer !== null) return;
  if (secondsLeft === null || secondsLeft <= 0) secondsLeft = Number(find("minutes").value) * 60;
  timer = setInterval(tick, 1000);
}

// "Start" (`start`) counts down one second at a time, "Stop" (`stop`) pauses it. At the end `clock`
// shows "Dry!".
function stop() {
  clearInterval(timer);
  timer = null;
}

// When I change the place, `quality` gets the qualities of that place, and the first is chosen.
function placeChanged() {
  options("quality", Object.keys(COVERS[find("place").value]));
}

// I enter the width (data-testid `width`) and the height (`height`) of a wall in metres and choose
// where it is (`place`: Inside or Outside) and a quality (`quality`). When I change the place,
// `quality` gets the qualities of that place, and the first is chosen. While I type, `area` shows
// the area, for example "10.50 m²", and `litres` the litres, rounded up, for example "2 litres" or
// "1 litre". If a number is missing or not above 0, `error` says "Enter two numbers above 0" and
// both results are empty. A drying clock stands below: the minutes (`minutes`, default 30) and the
// time left (`clock`), which shows "30:00" at first. At the end `clock` shows "Dry!".
function render() {
  const width = Number(find("width").value);
  const height = Number(find("height").value);
  const fine = width > 0 && height > 0;
  const area = width * height;
  const litres = Math.ceil(area / COVERS[find("place").value][find("quality").value]);
  find("error").textContent = fine ? "" : "Enter two numbers above 0";
  find("area").textContent = fine ? area.toFixed(2) + " m²" : "";
  find("litres").textContent = fine ? litres + (litres === 1 ? " litre" : " litres") : "";
  const left = secondsLeft === null ? Number(find("minutes").value) * 60 : secondsLeft;
  const minutes = String(Math.floor(left / 60)).padStart(2, "0");
  const seconds = String(left % 60).padStart(2, "0");
  find("clock").textContent = left > 0 ? minutes + ":" + seconds : "Dry!";
}

find("swap").addEventListener("click", swap);
find("start").addEventListener("click", start);
find("stop").addEventListener("click", stop);
find("place").addEventListener("change", placeChanged);
find("width").addEventListener("input", render);
find("height").addEventListener("input", render);
find("minutes").addEventListener("input", render);

placeChanged();
render();
