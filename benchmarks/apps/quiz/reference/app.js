const QUESTIONS = [
  ["What is the capital of Australia?", ["Sydney", "Canberra", "Melbourne", "Perth"], 1],
  ["Which ocean is the largest?", ["Atlantic", "Indian", "Arctic", "Pacific"], 3],
  ["Which country has the most people?", ["India", "USA", "Brazil", "Russia"], 0],
  ["What is the longest river in Europe?", ["Danube", "Rhine", "Volga", "Seine"], 2],
  ["On which continent is Egypt?", ["Asia", "Africa", "Europe", "South America"], 1],
];
const get = (id) => document.getElementById(id);
let place = 0;
let points = 0;

function pick(choice) {
  const [, answers, right] = QUESTIONS[place];
  points += choice === right ? 1 : 0;
  get("feedback").textContent = choice === right ? "Correct!" : `Wrong. The answer is ${answers[right]}.`;
  get("points").textContent = `Points: ${points}`;
  for (const button of get("answers").children) button.disabled = true;
  get("next").disabled = false;
}

function button(text, choice) {
  const made = document.createElement("button");
  made.dataset.testid = "answer";
  made.textContent = text;
  made.addEventListener("click", () => pick(choice));
  return made;
}

function show() {
  const over = place === QUESTIONS.length;
  get("play").hidden = over;
  get("end").hidden = !over;
  get("points").textContent = `Points: ${points}`;
  if (over) return showEnd();
  const [text, answers] = QUESTIONS[place];
  get("progress").textContent = `Question ${place + 1} of ${QUESTIONS.length}`;
  get("question").textContent = text;
  get("feedback").textContent = "";
  get("answers").replaceChildren(...answers.map(button));
  get("next").disabled = true;
}

function showEnd() {
  get("result").textContent = `You got ${points} of ${QUESTIONS.length} right.`;
  get("verdict").textContent = points === 5 ? "Perfect!" : points >= 3 ? "Well done!" : "Keep practising!";
}

get("next").addEventListener("click", () => { place += 1; show(); });
get("again").addEventListener("click", () => { place = 0; points = 0; show(); });
show();
