// The words of the page itself; what happened is said in the data. Each word in both languages: [English, Chinese].
const WORDS = {
  predict: ["Predict", "先预测"],
  show: ["Show", "显示"],
  everything: ["everything", "全部"],
  connection: ["connection", "连接"],
  help: ["Keys and help", "按键与帮助"],
  keys: ["Keys", "按键"],
  close: ["Close", "关闭"],
  machine: ["The machine", "程序、socket 与缓冲区"],
  bytes: ["Bytes of this step", "这一步的字节"],
  code: ["Code", "代码"],
  controls: ["Steps", "步骤"],
  first: ["First step (Home)", "第一步（Home）"],
  back: ["Step back (←)", "上一步（←）"],
  play: ["Play (Space)", "播放（空格）"],
  pause: ["Pause (Space)", "暂停（空格）"],
  next: ["Next step (→)", "下一步（→）"],
  last: ["Last step (End)", "最后一步（End）"],
  slider: ["Step", "步骤"],
  speed: ["Speed", "速度"],
  noBytes: ["This step moves no bytes.", "这一步没有传送字节。"],
  moreBytes: ["… not all shown:", "未全部显示，共"],
  inAll: ["bytes in all", "字节"],
  noCode: ["This program has made no call so far.", "这个程序还没有调用。"],
  noFile: ["The lesson has no such program in this language.", "这一课没有这种语言的程序。"],
  server: ["server", "服务器"],
  client: ["client", "客户端"],
  program: ["program", "程序"],
  kernel: ["kernel", "内核"],
  wire: ["network", "网络"],
  listener: ["listening socket", "监听 socket"],
  notListening: ["bound, not listening yet", "已绑定，尚未监听"],
  queue: ["accept queue", "等待队列"],
  empty: ["empty", "空"],
  buffer: ["receive buffer", "接收缓冲区"],
  unknown: ["not recorded", "未记录"],
  thread: ["thread", "线程"],
  run: ["running", "运行中"],
  sleep: ["asleep in", "休眠中："],
  spin: ["spinning", "空转"],
  end: ["done", "已结束"],
  oneForNothing: ["call returned EAGAIN", "次调用返回 EAGAIN"],
  forNothing: ["calls returned EAGAIN", "次调用返回 EAGAIN"],
  since: ["for", "已"],
  blocks: ["blocking", "阻塞"],
  blocksNot: ["non-blocking", "非阻塞"],
  "open": ["open", "已连接"],
  "fin-sent": ["FIN sent", "已发 FIN"],
  "fin-received": ["FIN received", "已收 FIN"],
  "both-fins": ["both sent FIN", "双方已发 FIN"],
  "reset": ["reset (RST)", "已重置（RST）"],
  "closed": ["closed", "已关闭"],
  "closed-reset": ["closed after a reset", "重置后关闭"],
  colon: [": ", "："],
  stop: [".", "。"],
  waits: ["waits in the accept queue", "在等待队列中"],
  oneUnsent: ["byte not sent yet", "字节尚未发出"],
  unsent: ["bytes not sent yet", "字节尚未发出"],
  challenge: ["challenge (32 random bytes in all)", "挑战值（共 32 个随机字节）"],
  length: ["length, little-endian", "长度（小端序）"],
  digest: ["digest, hex", "摘要（十六进制）"],
  letter: ["part of a character", "不完整的字符"],
  score: ["right so far:", "答对："],
  right: ["Right.", "正确。"],
  wrong: ["Not this time. The answer:", "这次不对。答案是："],
  goOn: ["Next: press →", "继续：按 →"],
  done: ["That was the last question. Your score:", "题目答完了。得分："],
  keyList: [
    [["← →", "step back, next step"], ["Home End", "first, last step"], ["Space", "play, pause"], ["p", "predict each call before it is shown"],
     ["1 2 3 4", "answer"], ["l", "language"], ["?", "this help"]],
    [["← →", "上一步、下一步"], ["Home End", "第一步、最后一步"], ["空格", "播放、暂停"], ["p", "先预测每次调用的结果"],
     ["1 2 3 4", "作答"], ["l", "切换语言"], ["?", "显示本帮助"]],
  ],
};

const DATA = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);
let language = document.documentElement.lang === "zh" ? 1 : 0;

/** A word of the page. */
const word = (name) => (WORDS[name] ? WORDS[name][language] : name);
/** A text of the data, by its place. */
const text = (place) => (place === null || place === undefined ? "" : DATA.texts[place][language]);
/** The name of an actor, by its place. */
const actorName = (place) => text(DATA.actors[place][0]);
/** A number with thin spaces between thousands. */
const big = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, "\u2009");

/** A new element with a class, a text, and children. Text is never read as HTML. */
function make(tag, className, content, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (content !== undefined && content !== null) element.textContent = content;
  element.append(...children.filter(Boolean));
  return element;
}
