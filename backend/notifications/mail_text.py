"""What a mail says: how many of what, and links. No name, no figure of anybody's business."""

from collections import defaultdict
from collections.abc import Mapping

from django.core.mail import EmailMessage

from backend.notifications.enums import MailKind
from backend.notifications.links import INBOX, PREFERENCES, absolute
from backend.notifications.models import Mail
from backend.notifications.registry import MESSAGES

_SIGNATURE = "科融对接"


def compose(mail: Mail, counts: Mapping[str, int]) -> EmailMessage:
    """Return a mail about so many of each kind of message.

    Raises BadHeaderError for an address that would write a header of its own.
    """
    total = sum(counts.values())
    word = "每日摘要" if mail.kind == MailKind.DIGEST else "紧急消息"
    return EmailMessage(
        subject=f"【{_SIGNATURE}】{word}：{total} 项待您查看",
        body=_body(counts),
        to=[mail.address],
        headers={
            "Message-ID": mail.message_id,
            "Auto-Submitted": "auto-generated",
            "List-Unsubscribe": f"<{absolute(PREFERENCES)}>",
        },
    )


def _body(counts: Mapping[str, int]) -> str:
    lines: dict[str, int] = defaultdict(int)
    for code, count in counts.items():
        lines[MESSAGES[code].mail_line] += count
    said = "\n".join(f"· {line.format(n=count)}" for line, count in lines.items())
    return (
        "您好：\n\n"
        f"{said}\n\n"
        f"请登录平台查看：{absolute(INBOX)}\n"
        f"更改或关闭邮件提醒：{absolute(PREFERENCES)}\n\n"
        "本邮件由系统自动发出，请勿回复。邮件中不含企业名称和金额，请勿通过邮件办理业务。\n"
        f"{_SIGNATURE}\n"
    )
