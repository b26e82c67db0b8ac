// The assistant's widget: a custom element <tro-ly>. No dependency, nothing inline, and text only ever becomes text.
//
//   <script src="https://tro-ly.tinh.gov.vn/widget.js" type="module" data-token-url="/cong/ma-tro-ly"></script>
//
// puts a button on any page that opens a panel; <tro-ly mode="page"></tro-ly> fills the place where it stands.
// data-token is a token that the portal minted for its user, data-token-url where to ask the portal for one (as text).

const BASE = new URL(".", import.meta.url);
const FOREIGN = BASE.origin !== location.origin;
const EXAMPLES = [
  "Cơ quan nào chủ trì nhiệm vụ 18?",
  "Các nhiệm vụ của Sở Y tế",
  "Tháng này có việc gì đến hạn?",
  "Chỉ tiêu phủ sóng 5G là bao nhiêu?",
];
const LONGEST = 2000;
const PATIENCE = 60_000; // ms that an answer may take before we say so
const SILENCE = 40_000; // ms without a sign of life after which a stream counts as dead; the server speaks every 15 s
const FIRST_SIGN = 6_000; // ms that a stream's first bytes may take; a proxy that keeps them back is no good for streams
const HIDDEN = 60_000; // ms in the background after which a tab gives its connection back

const ICONS = {
  talk: "M4 5h16v11H11l-5 4v-4H4z",
  close: "M6 6l12 12M18 6L6 18",
  send: "M5 12h14M13 6l6 6-6 6",
  copy: "M9 9h10v11H9zM15 9V4H5v11h4",
  print: "M7 9V4h10v5M7 17H4V9h16v8h-3M7 14h10v6H7z",
  voice: "M12 3a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3zM6 11a6 6 0 0 0 12 0M12 17v4",
  leave: "M14 4h5v16h-5M10 8l-4 4 4 4M6 12h9",
};

/** An element with attributes, listeners (functions) and children; strings become text. */
function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name, value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child != null));
  return node;
}

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** Text without marks that turn the direction of writing: they could show an answer otherwise than it is. */
const clean = (text) => String(text ?? "").replace(/[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/g, "");

/** The address of one of our own documents, or null. */
function documentAddress(href) {
  try {
    const address = new URL(href, BASE);
    return href && address.origin === BASE.origin && address.pathname.startsWith("/van-ban/") ? address.href : null;
  } catch {
    return null;
  }
}

const randomId = () => [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const sleep = (ms, signal) => new Promise((done) => {
  const timer = setTimeout(done, ms);
  signal?.addEventListener("abort", () => { clearTimeout(timer); done(); }, { once: true });
});
const clock = (seconds) => new Date(seconds * 1000).toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit" });

/** What the server said no to: `status`, a Vietnamese sentence, and the ways to sign in where that helps. */
class Refusal extends Error {
  constructor(status, body) {
    super(body.error || "Hệ thống đang bận. Anh/chị vui lòng thử lại sau ít phút.");
    Object.assign(this, { status, body });
  }
}

/** Would asking again bring nothing else? Who is told to wait a little (429) may ask again. */
const isFinal = (error) => error instanceof Refusal && error.status < 500 && error.status !== 429;

/** The server's API. On its own origin a cookie says who we are; on another a token kept for this tab. */
class Api {
  #kept = `tro-ly:${BASE.href}`;

  get #bearer() { try { return sessionStorage.getItem(this.#kept); } catch { return this.held; } }
  set #bearer(token) {
    this.held = token;
    try { token ? sessionStorage.setItem(this.#kept, token) : sessionStorage.removeItem(this.#kept); } catch { /* kept in memory */ }
  }

  fetch(path, { headers = {}, ...options } = {}) {
    const bearer = FOREIGN && this.#bearer;
    return fetch(new URL(path, BASE), {
      ...options,
      cache: "no-store",
      credentials: FOREIGN ? "omit" : "same-origin",
      headers: { ...headers, ...(bearer ? { Authorization: `Bearer ${bearer}` } : {}) },
    });
  }

  async json(method, path, body, signal) {
    const options = body === undefined ? {} : { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
    const response = await this.fetch(path, { method, signal, ...options });
    const said = await response.json().catch(() => ({}));
    if (!response.ok) throw new Refusal(response.status, said);
    if (said.session) this.#bearer = said.session;
    return said;
  }

  /** Who we are. A portal's token comes first: another person may have sat here before. */
  async signIn({ token, tokenUrl }, open) {
    const given = tokenUrl ? await fetch(tokenUrl, { credentials: "same-origin" }).then((r) => (r.ok ? r.text() : null), () => null) : token;
    let refusal = null;
    if (given) {
      try {
        return await this.json("POST", "api/session", { token: given.trim() });
      } catch (error) {
        if (!(error instanceof Refusal) || error.status !== 401) throw error;
        refusal = error; // used before, as when a page is reloaded: the session that it began may still be there
      }
    }
    try {
      return await this.json("GET", "api/session");
    } catch (error) {
      if (error instanceof Refusal && error.status === 401 && error.body.anonymous && open) return this.json("POST", "api/session", {});
      throw refusal ?? error;
    }
  }

  async signOut() {
    const ways = await this.json("DELETE", "api/session");
    this.#bearer = null;
    return ways;
  }
}

/** Follows the messages sent to us: as a stream, else by asking again and again. Starts anew by itself. */
class Feed {
  constructor(api, cursor, hear, tell) {
    Object.assign(this, { api, cursor, hear, tell, failures: 0, broken: 0, abort: new AbortController() });
    this.run();
  }

  stop() { this.abort.abort(); }

  async run() {
    const { signal } = this.abort;
    while (!signal.aborted) {
      try {
        if (this.broken < 2) await this.#stream(signal);
        else await this.#poll(signal);
      } catch (error) {
        if (signal.aborted) return;
        if (isFinal(error)) return this.tell(error);
        this.failures += 1;
        if (this.failures > 1) this.tell("offline");
        const pause = Math.min(15_000, 500 * 2 ** Math.min(this.failures, 5));
        await sleep(pause * (0.5 + Math.random() / 2), signal);
      }
    }
  }

  #alive() {
    this.failures = 0;
    this.tell("online");
  }

  #take(message) {
    if (message.cursor && Number(message.cursor) > Number(this.cursor)) this.cursor = message.cursor;
    this.hear(message);
  }

  async #stream(signal) {
    const stop = new AbortController();
    const give = () => stop.abort();
    signal.addEventListener("abort", give, { once: true });
    let timer, spoke = false;
    const watch = () => {
      clearTimeout(timer);
      timer = setTimeout(give, spoke ? SILENCE : FIRST_SIGN);
    };
    let connected = false;
    try {
      watch();
      const response = await this.api.fetch("api/events", { headers: { "Last-Event-ID": this.cursor, Accept: "text/event-stream" }, signal: stop.signal });
      if (!response.ok) throw new Refusal(response.status, await response.json().catch(() => ({})));
      connected = true;
      if (!(response.headers.get("Content-Type") || "").startsWith("text/event-stream")) throw new Error("no stream");
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = "";
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        if (!spoke) this.#alive();
        spoke = true;
        watch();
        const parts = (rest + value).split("\n\n");
        rest = parts.pop();
        for (const part of parts) {
          const data = part.split("\n").filter((line) => line.startsWith("data: ")).map((line) => line.slice(6)).join("\n");
          if (data) this.#take(JSON.parse(data));
        }
      }
      throw new Error("the stream ended");
    } catch (error) {
      // Answered, but nothing came through: something on the way does not pass streams on.
      if (!spoke && (connected || stop.signal.aborted) && !(error instanceof Refusal)) this.broken += 1;
      throw error;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", give);
      stop.abort();
    }
  }

  async #poll(signal) {
    const wait = this.failures ? 0 : 20;
    const said = await this.api.json("GET", `api/events?after=${this.cursor}&wait=${wait}`, undefined, signal);
    this.#alive();
    this.cursor = said.cursor;
    for (const message of said.messages) this.#take(message);
  }
}

class TroLy extends HTMLElement {
  #api = new Api();
  #feed = null;
  #drawn = new Set();
  #before = null;
  #unread = 0;
  #waiting = null;
  #hiddenTimer = null;
  #started = null;
  #unsaid = [];

  connectedCallback() {
    if (this.shadowRoot) return;
    const root = this.attachShadow({ mode: "open" });
    const style = el("link", { rel: "stylesheet", href: new URL("widget.css", BASE).href });
    const frame = el("div", { hidden: true });
    style.addEventListener("load", () => { frame.hidden = false; });
    this.#build(frame);
    root.append(style, frame);
    document.addEventListener("visibilitychange", this.#seen);
    this.#start(this.#onPage);
  }

  disconnectedCallback() {
    document.removeEventListener("visibilitychange", this.#seen);
    this.#feed?.stop();
  }

  get #onPage() { return this.getAttribute("mode") === "page"; }
  get #isOpen() { return !this.panel.hidden; }

  // -- what stands there ------------------------------------------------------------------------------------------------

  #build(frame) {
    const page = this.#onPage;
    const title = el(page ? "h1" : "h2", { id: "title" }, "Trợ lý kế hoạch");
    this.leave = el("button", { type: "button", "aria-label": "Đăng xuất", title: "Đăng xuất", hidden: true, click: () => this.#signOut() }, icon("leave"));
    const close = el("button", { type: "button", "aria-label": "Đóng", title: "Đóng", hidden: page, click: () => this.close() }, icon("close"));
    this.about = el("p", {}, "Máy trả lời tự động, không phải người thật");
    this.log = el("div", { class: "log", role: "log", tabindex: "0", "aria-label": "Cuộc trò chuyện", "aria-live": "polite" });
    this.status = el("div", { class: "status", role: "status" });
    this.field = el("textarea", {
      id: "question", rows: "1", maxlength: String(LONGEST), placeholder: "Nhập câu hỏi…", autocomplete: "off", enterkeyhint: "send",
      keydown: (event) => this.#typed(event), input: () => this.#fit(),
    });
    this.voice = this.#voiceButton();
    const send = el("button", { type: "submit", class: "send", "aria-label": "Gửi câu hỏi", title: "Gửi" }, icon("send"));
    this.form = el("form", { submit: (event) => this.#submit(event) }, el("label", { class: "unseen", for: "question" }, "Câu hỏi của anh/chị"), this.field, this.voice, send);
    this.panel = el("section", { class: "panel", id: "panel", "aria-labelledby": "title", role: page ? "region" : "dialog", hidden: !page, keydown: (event) => this.#escape(event) },
      el("div", { class: "top" }, el("img", { src: new URL("icon.svg", BASE).href, alt: "" }), el("div", { class: "names" }, title, this.about), this.leave, close),
      this.log, this.status, this.form);
    this.badge = el("span", { class: "badge", hidden: true });
    this.launcher = el("button", {
      type: "button", class: "launcher", "aria-expanded": "false", "aria-controls": "panel", "aria-label": "Mở trợ lý kế hoạch", hidden: page,
      click: () => (this.#isOpen ? this.close() : this.open()),
    }, icon("talk"), this.badge);
    frame.className = "frame";
    frame.append(this.panel, this.launcher);
  }

  open() {
    this.panel.hidden = false;
    this.#count(0);
    this.launcher.setAttribute("aria-expanded", "true");
    this.launcher.setAttribute("aria-label", "Đóng trợ lý kế hoạch");
    this.#start(true);
    this.#toEnd();
    this.field.focus();
  }

  close() {
    if (this.#onPage) return;
    this.panel.hidden = true;
    this.launcher.setAttribute("aria-expanded", "false");
    this.#count(this.#unread);
    this.launcher.focus();
  }

  #escape(event) {
    if (event.key === "Escape" && !this.#onPage) {
      event.stopPropagation();
      this.close();
    }
  }

  #count(unread) {
    this.#unread = unread;
    this.badge.hidden = !unread;
    this.badge.textContent = unread > 9 ? "9+" : String(unread);
    if (!this.#isOpen) this.launcher.setAttribute("aria-label", unread ? `Mở trợ lý kế hoạch, ${unread} tin mới` : "Mở trợ lý kế hoạch");
  }

  // -- coming in --------------------------------------------------------------------------------------------------------

  /** Sign in and show what was said. `wanted`: the person looks at it; else only those who are known already are followed. */
  async #start(wanted) {
    if (this.#started === "ready" || this.#started === "starting") return;
    this.#started = "starting";
    try {
      const who = await this.#api.signIn({ token: this.dataset.token, tokenUrl: this.dataset.tokenUrl }, wanted);
      this.about.textContent = who.anonymous ? "Máy trả lời tự động, không phải người thật" : `Máy trả lời tự động · ${clean(who.name)}`;
      this.leave.hidden = who.anonymous;
      const said = await this.#api.json("GET", "api/history");
      this.#clear();
      this.#showHistory(said);
      this.#feed?.stop();
      this.#feed = new Feed(this.#api, said.cursor, (message) => this.#hear(message), (state) => this.#connection(state));
      this.#started = "ready";
      for (const text of this.#unsaid.splice(0)) this.#send(text);
    } catch (error) {
      this.#started = null;
      if (error instanceof Refusal && error.status !== 429) {
        if (wanted || this.#isOpen) this.#gate(error);
      } else {
        this.#say("Chưa kết nối được với trợ lý, đang thử lại…");
        await sleep(3000);
        if (this.isConnected) this.#start(wanted);
      }
    }
  }

  #gate(refusal) {
    this.#clear();
    const card = el("div", { class: "hello" }, el("p", {}, clean(refusal.message)));
    if (refusal.body.sign_in) {
      const address = new URL(refusal.body.sign_in, BASE);
      if (!FOREIGN) address.searchParams.set("den", location.pathname);
      card.append(el("a", { class: "gate", href: address.href, target: FOREIGN ? "_blank" : null, rel: "noopener" }, "Đăng nhập"));
    } else {
      card.append(el("button", { type: "button", class: "pill", click: () => this.#start(true) }, "Thử lại"));
    }
    this.log.append(card);
    this.form.hidden = true;
    this.leave.hidden = true;
  }

  async #signOut() {
    this.#feed?.stop();
    const ways = await this.#api.signOut().catch(() => ({}));
    this.#started = null;
    this.#gate(new Refusal(401, { ...ways, error: "Anh/chị đã đăng xuất." }));
  }

  #connection(state) {
    if (state instanceof Refusal) {
      this.#started = null;
      this.#start(true);
    } else if (state === "offline") this.#say("Mất kết nối, đang thử lại…");
    else this.#say(this.#waiting ? "answering" : "");
  }

  #seen = () => {
    clearTimeout(this.#hiddenTimer);
    if (document.hidden) {
      this.#hiddenTimer = setTimeout(() => { this.#feed?.stop(); }, HIDDEN);
    } else if (this.#feed?.abort.signal.aborted && this.#started === "ready") {
      const { cursor, hear, tell } = this.#feed;
      this.#feed = new Feed(this.#api, cursor, hear, tell);
    }
  };

  // -- what was said ----------------------------------------------------------------------------------------------------

  #clear() {
    this.log.replaceChildren();
    this.#drawn.clear();
    this.form.hidden = false;
    this.#wait(false);
  }

  #showHistory(said) {
    this.log.setAttribute("aria-busy", "true"); // not read out again
    for (const message of said.messages) this.#add(message);
    this.#offerOlder(said.before);
    this.#settle();
    const last = said.messages.at(-1);
    if (last?.from === "user" && Date.now() / 1000 - last.at < PATIENCE / 1000) this.#wait(true);
    this.#toEnd();
    requestAnimationFrame(() => this.log.removeAttribute("aria-busy"));
  }

  #greet() {
    const examples = EXAMPLES.map((text) => el("button", { type: "button", class: "pill", click: () => this.#send(text) }, text));
    this.log.prepend(el("div", { class: "hello" },
      el("p", {}, "Chào anh/chị. Tôi là trợ lý ảo (chương trình máy tính), tra cứu nhiệm vụ, chỉ tiêu và thời hạn trong các kế hoạch. Anh/chị có thể hỏi, ví dụ:"),
      el("div", { class: "examples", role: "group", "aria-label": "Câu hỏi mẫu" }, ...examples)));
  }

  #offerOlder(before) {
    this.#before = before;
    this.log.querySelector(".older")?.remove();
    if (!before) this.#greet();
    else this.log.prepend(el("button", { type: "button", class: "pill older", click: () => this.#older() }, "Xem tin cũ hơn"));
  }

  async #older() {
    const said = await this.#api.json("GET", `api/history?before=${this.#before}`).catch(() => null);
    if (!said) return this.#say("Chưa tải được tin cũ. Anh/chị vui lòng thử lại.");
    this.log.setAttribute("aria-busy", "true");
    const height = this.log.scrollHeight;
    const first = this.log.querySelector(".older").nextSibling;
    for (const message of said.messages) this.#add(message, first);
    this.#offerOlder(said.before);
    this.#settle();
    this.log.scrollTop += this.log.scrollHeight - height;
    this.log.focus();
    requestAnimationFrame(() => this.log.removeAttribute("aria-busy"));
  }

  #hear(message) {
    // Around the cursor the server tells things twice; what lies before the page shown is not new.
    if (this.#drawn.has(message.id) || (this.#before && message.at < Number(this.#before))) return;
    this.#add(message);
    if (message.purpose !== "push") this.#wait(false);
    this.#settle();
    this.#toEnd();
    if (!this.#isOpen || document.hidden) this.#count(this.#unread + 1);
    this.dispatchEvent(new CustomEvent("tro-ly:message", { detail: { id: message.id }, bubbles: true }));
  }

  /** Draw a message of either side, at the end or before another node; once only. */
  #add(message, before = null) {
    if (this.#drawn.has(message.id) || (message.client && this.#drawn.has(message.client))) return;
    this.#drawn.add(message.id);
    this.log.insertBefore(message.from === "user" ? mine(message.text) : this.#answer(message), before);
  }

  #answer(message) {
    const card = el("article", { class: "answer", "aria-label": message.purpose === "push" ? "Nhắc việc của trợ lý" : "Trả lời của trợ lý" });
    const blocks = message.blocks?.length ? message.blocks : [{ type: "text", text: message.text }];
    if (message.purpose === "push") {
      card.classList.add("push");
      card.append(el("p", { class: "pushed" }, "Nhắc việc"));
    }
    if (blocks.every((block) => block.type === "text")) card.classList.add("small");
    card.append(...blocks.map((block) => this.#block(block)));
    if (message.buttons?.length) {
      card.append(el("div", { class: "replies", role: "group", "aria-label": "Trả lời nhanh" }, ...message.buttons.map((button) => this.#pill(button))));
    }
    const copy = el("button", { type: "button", click: () => this.#copy(message.text) }, icon("copy"), "Sao chép");
    const print = el("button", { type: "button", click: () => this.#print(card) }, icon("print"), "In");
    card.append(el("div", { class: "bar" }, el("time", { datetime: new Date(message.at * 1000).toISOString() }, clock(message.at)), copy, print));
    return card;
  }

  #block(block) {
    const items = block.items ?? [];
    switch (block.type) {
      case "facts":
        return el("dl", {}, ...items.map((item) => el("div", {}, el("dt", {}, clean(item.label)), el("dd", {}, clean(item.value)))));
      case "table":
        return table(block);
      case "list":
        return el("ul", {}, ...items.map((item) => el("li", {}, clean(item))));
      case "quote":
        return el("blockquote", {}, clean(block.text));
      case "choices":
        return el("div", { class: "choices", role: "group", "aria-label": "Chọn một nội dung" }, ...items.map((item) => this.#pill(item, `${clean(item.payload)}. `)));
      case "sources":
        return el("ul", { class: "sources" }, ...items.map((item) => el("li", {}, "Nguồn: ", link(item.href, clean(item.text)))));
      default:
        return el("p", { class: block.type === "text" ? null : block.type }, clean(block.text));
    }
  }

  #pill(button, prefix = "") {
    return el("button", { type: "button", class: "pill", click: () => this.#send(button.payload, clean(button.title)) }, prefix + clean(button.title));
  }

  /** Only the last answer's buttons can be pressed: those of older ones would be understood as an answer to the last. */
  #settle() {
    const answers = [...this.log.querySelectorAll(".answer:not(.push)")];
    const current = this.#waiting ? null : answers.at(-1);
    for (const card of answers) {
      if (card === current) continue;
      card.querySelector(".replies")?.remove();
      for (const button of card.querySelectorAll(".choices button")) button.disabled = true;
    }
  }

  #toEnd() {
    this.log.scrollTop = this.log.scrollHeight;
    const last = this.log.lastElementChild;
    // A long answer is shown from its beginning.
    if (last && last.offsetHeight > this.log.clientHeight) this.log.scrollTop = last.offsetTop - this.log.offsetTop - 8;
  }

  // -- saying something -------------------------------------------------------------------------------------------------

  #typed(event) {
    // While an input method composes ("tieengs" → "tiếng"), Enter ends the composing.
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.form.requestSubmit();
    }
  }

  #fit() {
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(this.field.scrollHeight + 2, 132)}px`;
  }

  #submit(event) {
    event.preventDefault();
    const text = this.field.value.trim();
    if (!text) return this.field.focus();
    this.field.value = "";
    this.#fit();
    if (this.#started === "ready") return this.#send(text);
    this.#unsaid.push(text);
    return this.#say("Đang kết nối…");
  }

  async #send(text, title) {
    const id = randomId();
    const bubble = mine(title ?? text);
    const state = el("span", { class: "state" }, "Đang gửi…");
    bubble.append(state);
    this.#drawn.add(id);
    this.log.append(bubble);
    const within = this.shadowRoot.activeElement;
    this.#wait(true);
    this.#settle();
    this.#toEnd();
    if (within && within !== this.field) (matchMedia("(pointer: fine)").matches ? this.field : this.log).focus();
    await this.#deliver({ id, text, ...(title === undefined ? {} : { title }) }, bubble, state);
  }

  async #deliver(body, bubble, state) {
    for (let attempt = 0; ; attempt += 1) {
      try {
        await this.#api.json("POST", "api/messages", body);
        state.remove();
        return;
      } catch (error) {
        const final = isFinal(error);
        if (!final && attempt < 5) {
          await sleep(500 * 2 ** attempt);
          continue;
        }
        this.#wait(false);
        state.classList.add("failed");
        state.textContent = final ? clean(error.message) : "Chưa gửi được. ";
        const again = () => {
          state.classList.remove("failed");
          state.textContent = "Đang gửi…";
          this.#wait(true);
          this.#deliver(body, bubble, state);
        };
        if (!final) state.append(el("button", { type: "button", class: "pill", click: again }, "Gửi lại"));
        if (error.status === 401) this.#connection(error);
        return;
      }
    }
  }

  #wait(waiting) {
    clearTimeout(this.#waiting);
    this.#waiting = waiting
      ? setTimeout(() => { this.#waiting = null; this.#settle(); this.#say("Chưa có câu trả lời. Anh/chị vui lòng chờ thêm hoặc hỏi lại."); }, PATIENCE)
      : null;
    this.#say(waiting ? "answering" : "");
  }

  #say(text) {
    if (text !== "answering") return this.status.replaceChildren(text);
    if (this.status.querySelector(".dots")) return undefined;
    return this.status.replaceChildren(el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i")), "Đang trả lời…");
  }

  // -- copy, print, voice -----------------------------------------------------------------------------------------------

  async #copy(text) {
    try {
      await navigator.clipboard.writeText(clean(text));
    } catch { // an intranet page without https has no clipboard of the new kind
      const field = el("textarea", { class: "unseen", "aria-hidden": "true", tabindex: "-1" });
      field.value = clean(text);
      const back = this.shadowRoot.activeElement;
      this.panel.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
      back?.focus();
    }
    this.#say("Đã sao chép câu trả lời.");
  }

  #print(card) {
    const fill = () => this.#fill(paper, card);
    const paper = el("iframe", { class: "paper", title: "Bản in", "aria-hidden": "true", tabindex: "-1", load: fill });
    this.panel.append(paper);
  }

  #fill(paper, card) {
    const page = paper.contentDocument;
    page.documentElement.lang = "vi";
    page.title = "Trợ lý kế hoạch";
    const style = page.createElement("link");
    style.rel = "stylesheet";
    style.href = new URL("print.css", BASE).href;
    style.onload = style.onerror = () => {
      paper.contentWindow.addEventListener("afterprint", () => paper.remove());
      paper.contentWindow.print();
    };
    const heading = page.createElement("h1");
    heading.textContent = "Trợ lý kế hoạch";
    page.body.append(heading, page.importNode(card, true));
    page.head.append(style);
  }

  #voiceButton() {
    const Recognition = globalThis.SpeechRecognition ?? globalThis.webkitSpeechRecognition;
    const button = el("button", { type: "button", "aria-label": "Nói câu hỏi", title: "Nói câu hỏi", "aria-pressed": "false", hidden: !Recognition }, icon("voice"));
    if (!Recognition) return button;
    let running = null;
    const end = () => {
      running = null;
      button.setAttribute("aria-pressed", "false");
    };
    button.addEventListener("click", () => {
      if (running) return running.stop();
      running = new Recognition();
      Object.assign(running, { lang: "vi-VN", interimResults: true, continuous: false });
      running.onresult = (event) => {
        this.field.value = [...event.results].map((result) => result[0].transcript).join(" ").slice(0, LONGEST);
        this.#fit();
      };
      running.onerror = (event) => {
        const known = { "not-allowed": "Trình duyệt chưa cho phép dùng micrô.", "language-not-supported": "Trình duyệt chưa nhận dạng được tiếng Việt." };
        if (event.error === "language-not-supported") button.hidden = true;
        if (event.error !== "aborted") this.#say(known[event.error] ?? "Chưa nghe rõ. Anh/chị vui lòng nói lại hoặc gõ câu hỏi.");
      };
      running.onend = () => { end(); this.field.focus(); };
      button.setAttribute("aria-pressed", "true");
      this.#say("Đang nghe…");
      return running.start();
    });
    return button;
  }
}

function mine(text) {
  return el("div", { class: "mine" }, el("span", { class: "unseen" }, "Anh/chị hỏi: "), clean(text));
}

function link(href, text) {
  const address = documentAddress(href);
  return address ? el("a", { href: address, target: "_blank", rel: "noopener" }, text, el("span", { class: "unseen" }, " (mở trang mới)")) : text;
}

// Roles are spelled out since the stylesheet lays the table out as cards where it is narrow.
function table({ columns, rows }) {
  const head = el("tr", { role: "row" }, ...columns.map((name) => el("th", { role: "columnheader", scope: "col" }, clean(name))));
  const body = rows.map(({ cells, href }) => el("tr", { role: "row" }, ...cells.map((cell, place) => (place === 0
    ? el("th", { role: "rowheader", scope: "row" }, link(href, clean(cell)))
    : el("td", { role: "cell", "data-label": place > 1 ? clean(columns[place]) : null }, clean(cell))))));
  return el("table", { role: "table" }, el("thead", { role: "rowgroup" }, head), el("tbody", { role: "rowgroup" }, ...body));
}

customElements.define("tro-ly", TroLy);

const script = [...document.querySelectorAll("script[type=module][src]")].find((one) => one.src === import.meta.url);
if (script && !document.querySelector("tro-ly")) {
  const widget = document.createElement("tro-ly");
  Object.assign(widget.dataset, script.dataset);
  document.body.append(widget);
}
