"""Run by python.test.ts with the URL of a Core: lives through a session by the Python SDK and prints what it saw."""

import json
import sys

from supertokens_python import InputAppInfo, SupertokensConfig, init
from supertokens_python.recipe import session, usermetadata, userroles
from supertokens_python.recipe.session import syncio as sessions
from supertokens_python.recipe.usermetadata import syncio as metadata
from supertokens_python.recipe.userroles import syncio as roles
from supertokens_python.types import RecipeUserId

init(
    supertokens_config=SupertokensConfig(connection_uri=sys.argv[1]),
    app_info=InputAppInfo(
        app_name="test", api_domain="http://api.example.com", website_domain="http://example.com"
    ),
    framework="flask",
    recipe_list=[session.init(), usermetadata.init(), userroles.init()],
    telemetry=False,
)

made = sessions.create_new_session_without_request_response(
    "public", RecipeUserId("ada"), {"a": 1}, {"b": 2}
)
refresh_token = made.get_all_session_tokens_dangerously()["refreshToken"]
refreshed = sessions.refresh_session_without_request_response(refresh_token, True)
access_token = refreshed.get_all_session_tokens_dangerously()["accessToken"]
known = sessions.get_session_without_request_response(access_token)
roles.create_new_role_or_add_permissions("writer", ["write"])
roles.add_role_to_user("public", "ada", "writer")
metadata.update_user_metadata("ada", {"first": "Ada"})

print(
    json.dumps(
        {
            "user": known.get_user_id(),
            "payload": known.get_access_token_payload()["a"],
            "data": known.sync_get_session_data_from_database(),
            "roles": roles.get_roles_for_user("public", "ada").roles,
            "metadata": metadata.get_user_metadata("ada").metadata,
            "revoked": len(sessions.revoke_all_sessions_for_user("ada")),
            "left": len(sessions.get_all_session_handles_for_user("ada")),
        }
    )
)
