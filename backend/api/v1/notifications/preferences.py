"""What the person wants by mail; the same in all of their places."""

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.api.v1.notifications.serializers import PreferenceInput, PreferenceOutput
from backend.notifications.services import preferences


class PreferenceView(APIView):
    """邮件提醒：即时、每日摘要或关闭；依规定必须送达的消息不能关闭。"""

    permission_classes = [IsAuthenticated]

    @extend_schema(responses=PreferenceOutput)
    def get(self, request: Request) -> Response:
        """查看邮件提醒设置。"""
        return Response(PreferenceOutput(preferences.get_preference(request.user)).data)

    @extend_schema(request=PreferenceInput, responses=PreferenceOutput)
    def patch(self, request: Request) -> Response:
        """修改邮件提醒设置；没有给出的项不变。"""
        serializer = PreferenceInput(data=request.data)
        serializer.is_valid(raise_exception=True)
        chosen = preferences.set_preference(user=request.user, **serializer.validated_data)
        return Response(PreferenceOutput(chosen).data)
