"""What is read and shown of the inbox."""

from rest_framework import serializers

from backend.api.fields import CodeField, InstantField, TextField
from backend.api.serializers import StrictSerializer
from backend.notifications.enums import Importance, MailChoice, SubjectKind
from backend.notifications.models import Notification
from backend.notifications.reading import Read
from backend.notifications.services.preferences import ADDRESS_MAX_LENGTH


class NotificationOutput(serializers.ModelSerializer):
    """A notification as its reader may see it now.

    The text is put together at the moment of reading: what is not open to the reader any more is
    not named, whatever the notification said before.
    """

    id = serializers.UUIDField(source="public_id")
    kind = serializers.CharField()
    importance = serializers.ChoiceField(choices=Importance)
    importance_label = serializers.CharField(source="get_importance_display")
    title = serializers.SerializerMethodField()
    text = serializers.SerializerMethodField()
    link = serializers.SerializerMethodField(help_text="相关内容的接口地址；已不可查看时为空。")
    is_open = serializers.SerializerMethodField(help_text="是否仍待您处理。")
    subject_type = serializers.ChoiceField(choices=SubjectKind)
    subject = serializers.UUIDField(source="subject_id")

    class Meta:
        model = Notification
        fields = [
            "id",
            "kind",
            "importance",
            "importance_label",
            "is_required",
            "title",
            "text",
            "link",
            "is_open",
            "count",
            "subject_type",
            "subject",
            "created_at",
            "read_at",
        ]
        read_only_fields = fields

    def _read(self, notification: Notification) -> Read:
        return self.context["read"][notification.pk]

    def get_title(self, notification: Notification) -> str:
        """Return what it is about in a few words."""
        return self._read(notification).title

    def get_text(self, notification: Notification) -> str:
        """Return the sentence."""
        return self._read(notification).text

    def get_link(self, notification: Notification) -> str | None:
        """Return where it leads."""
        return self._read(notification).link

    def get_is_open(self, notification: Notification) -> bool:
        """Tell whether it still waits for the reader."""
        return self._read(notification).is_open


class CountsAnswer(serializers.Serializer):
    """How much of the inbox is unread."""

    unread = serializers.IntegerField()
    urgent = serializers.IntegerField(help_text="其中紧急的。")


class ReadAllInput(StrictSerializer):
    """Up to when; without it everything."""

    until = InstantField(required=False, help_text="只标记此刻及以前的消息。")


class ReadAllAnswer(serializers.Serializer):
    """How many were marked."""

    marked = serializers.IntegerField()


class PreferenceInput(StrictSerializer):
    """A person's choice; what is not given stays."""

    mail = CodeField(MailChoice.choices, required=False)
    email = TextField(
        required=False,
        allow_blank=True,
        max_length=ADDRESS_MAX_LENGTH,
        help_text="收取提醒的邮箱；留空则不发送任何邮件。",
    )


class PreferenceOutput(serializers.Serializer):
    """A person's choice, and what comes whatever they chose."""

    mail = serializers.ChoiceField(choices=MailChoice)
    mail_label = serializers.SerializerMethodField()
    email = serializers.CharField(allow_blank=True)
    required = serializers.ListField(
        child=serializers.CharField(), help_text="不能关闭邮件提醒的消息。"
    )

    def get_mail_label(self, preference: object) -> str:
        """Return the choice in people's words."""
        return MailChoice(preference.mail).label
