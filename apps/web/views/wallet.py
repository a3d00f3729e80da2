"""A player's own wallet: nobody else ever sees it."""

import csv

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from apps.economy import selectors as economy
from apps.economy.services import wallets
from apps.economy.services.ledger import KeyReused
from apps.user_profile import selectors as profiles
from apps.web.forms.wallet import StatementForm, TransferForm
from apps.web.selectors.wallet import statement_rows
from apps.web.views.paging import paged
from apps.web.views.sheets import plain
from apps.web.views.signed_in import signed_in

LINES_PER_PAGE = 25
COLUMNS = ("date", "kind", "description", "player", "amount", "balance", "transaction")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def wallet(request: HttpRequest) -> HttpResponse:
    """Show the balance and the statement, and send coins."""
    user_id = signed_in(request)
    form = TransferForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and sent(request, form):
        return redirect("web:wallet")
    filters = StatementForm(request.GET or None)
    query = request.GET.copy()
    query.pop("page", None)
    encoded = query.urlencode()
    context = paged(
        request, economy.postings_of(user_id, filters.filters()), LINES_PER_PAGE, statement_rows
    ) | {
        "balance": economy.balance_of(user_id),
        "owed": economy.owed_by(user_id),
        "form": form,
        "filters": filters,
        "filtered": any(query.values()),
        "query": f"{encoded}&" if encoded else "",
        "section": "wallet",
        "noindex": True,
        "title": _("Wallet"),
        "description": _("Your DeltaCoins: what you hold, and where every coin came from and went."),
    }
    return render(request, "web/pages/wallet.html", context)


def sent(request: HttpRequest, form: TransferForm) -> bool:
    """Send what the form says; tell whether it was sent, the form says why not."""
    wanted = form.cleaned_data
    profile = profiles.profile_by_username(wanted["to"].strip().removeprefix("@"))
    if profile is None:
        form.add_error("to", _("There is no such player. Check the spelling."))
        return False
    try:
        wallets.transfer(
            from_id=signed_in(request), to_id=profile.user_id, amount=wanted["amount"], key=wanted["key"]
        )
    except KeyReused:
        form.sent_before()
        return False
    except ValidationError as error:
        form.add_error(None, error.messages)
        return False
    amount = number_format(wanted["amount"], use_l10n=True, force_grouping=True)
    said = _("You sent %(amount)s DC to %(name)s.")
    messages.success(request, said % {"amount": amount, "name": profile.display_name})
    return True


@login_required
@never_cache
@require_safe
def statement(request: HttpRequest) -> HttpResponse:
    """Give the statement as a table for spreadsheets, with the filters of the page."""
    filters = StatementForm(request.GET or None).filters()
    rows = statement_rows(economy.postings_of(signed_in(request), filters))
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="deltacoin-statement.csv"'
    table = csv.writer(answer)
    table.writerow(COLUMNS)
    for row in rows:
        line = row.line
        table.writerow(
            [
                line.occurred_at.isoformat(timespec="seconds"),
                line.kind,
                plain(line.description),
                row.other.username if row.other else "",
                line.amount,
                line.balance_after,
                line.transaction_id,
            ]
        )
    return answer
