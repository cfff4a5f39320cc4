"""Who is asking, and what they may do."""

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.api.v1.me.serializers import MeOutput, describe_me


class MeView(APIView):
    """当前账号：所属机构、正在代表的机构，以及在那里的权限。"""

    permission_classes = [IsAuthenticated]

    @extend_schema(responses=MeOutput)
    def get(self, request: Request) -> Response:
        """查看当前账号。"""
        return Response(describe_me(request.user, request.actor))
