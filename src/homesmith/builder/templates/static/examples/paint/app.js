const COVERS = { Basic: 8, Premium: 12 };
let secondsLeft = 0;
let timer = null;

function calculate() {
  const width = Number(find("width").value);
  const height = Number(find("height").value);
  if (!(width > 0) || !(height > 0)) {
    find("error").textContent = "Enter two numbers above 0";
    find("area").textContent = "";
    find("litres").textContent = "";
    return;
  }
  const area = width * height;
  find("error").textContent = "";
  find("area").textContent = area.toFixed(2) + " m²";
  find("litres").textContent = Math.ceil(area / COVERS[find("quality").value]) + " litres";
}

function swap() {
  const width = find("width").value;
  find("width").value = find("height").value;
  find("height").value = width;
  calculate();
}

function showClock() {
  const minutes = String(Math.floor(secondsLeft / 60)).padStart(2, "0");
  const seconds = String(secondsLeft % 60).padStart(2, "0");
  find("clock").textContent = secondsLeft > 0 ? minutes + ":" + seconds : "Dry!";
}

function tick() {
  secondsLeft = secondsLeft - 1;
  showClock();
  if (secondsLeft <= 0) stop();
}

function start() {
  if (timer !== null) return;
  if (secondsLeft <= 0) secondsLeft = Math.round(Number(find("minutes").value) * 60);
  showClock();
  timer = setInterval(tick, 1000);
}

function stop() {
  clearInterval(timer);
  timer = null;
}

find("calculate").addEventListener("click", calculate);
find("swap").addEventListener("click", swap);
find("start").addEventListener("click", start);
find("stop").addEventListener("click", stop);
