// Predict mode: before a call's outcome is shown, the page asks for it.

const quiz = { on: false, pending: null, asked: 0, right: 0 };

/** Whether this step must be predicted before it is shown; asks, if so. */
function mustPredict(index) {
  const question = DATA.steps[index]?.[QUESTION];
  if (!quiz.on || !question) return false;
  quiz.pending = index;
  drawQuestion();
  return true;
}

function drawQuestion() {
  const panel = byId("question");
  panel.hidden = quiz.pending === null;
  if (quiz.pending === null) return;
  const [place] = DATA.steps[quiz.pending][QUESTION];
  const [ask, answers] = DATA.questions[place];
  byId("ask").textContent = text(ask);
  byId("answers").replaceChildren(
    ...answers.map((answer, index) => {
      const button = make("button", "answer", null, make("kbd", "", String(index + 1)), " " + text(answer));
      button.type = "button";
      button.addEventListener("click", () => answered(index));
      return button;
    }),
  );
  byId("score").textContent = quiz.asked ? scoreText() : "";
}

const scoreText = () => `${word("score")} ${quiz.right} / ${quiz.asked}`;

/** Takes an answer, and shows what happened. */
function answered(answer) {
  const index = quiz.pending;
  if (index === null || answer >= byId("answers").children.length) return;
  const [place, right] = DATA.steps[index][QUESTION];
  quiz.pending = null;
  quiz.asked += 1;
  quiz.right += answer === right ? 1 : 0;
  show(index);
  const isLast = !DATA.steps.slice(index + 1).some((step) => step[QUESTION]);
  const told = answer === right ? word("right") : `${word("wrong")} ${text(DATA.questions[place][1][right])}${word("stop")}`;
  const panel = byId("question");
  panel.hidden = false;
  panel.classList.toggle("was-right", answer === right);
  panel.classList.toggle("was-wrong", answer !== right);
  byId("ask").textContent = told;
  byId("answers").replaceChildren();
  byId("score").textContent = isLast ? `${word("done")} ${quiz.right} / ${quiz.asked}` : `${scoreText()} · ${word("goOn")}`;
}

function closeQuestion() {
  quiz.pending = null;
  byId("question").hidden = true;
  byId("question").classList.remove("was-right", "was-wrong");
}

function togglePredict() {
  quiz.on = !quiz.on;
  Object.assign(quiz, { asked: 0, right: 0 });
  byId("predict").setAttribute("aria-pressed", String(quiz.on));
  closeQuestion();
}
