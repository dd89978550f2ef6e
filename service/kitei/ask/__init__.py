"""Named questions: one ``.rq`` each, asked of the facts of a day or of a period."""

from kitei.ask.answer import Answer, Answers, ask
from kitei.ask.question import Question, find, names, questions

__all__ = ["Answer", "Answers", "Question", "ask", "find", "names", "questions"]
