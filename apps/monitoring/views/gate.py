"""Who may see the operators' pages."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

type View = Callable[..., HttpResponse]


def operators_only(view: View) -> View:
    """Answer staff; ask who is not signed in to do so, and tell others that nothing is here."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not request.user.is_staff:
            raise Http404(request.path)
        return view(request, *args, **kwargs)

    return guarded
