using AgentControl.Core.Approvals;
using AgentControl.Engine.Approvals;
using AgentControl.Engine.Approvals.Policies;
using AgentControl.TestKit;
using AgentControl.Web.Approvals;
using AgentControl.Web.Approvals.Rules;
using AgentControl.Web.Shared;
using Bunit;
using Bunit.TestDoubles;
using Microsoft.Extensions.DependencyInjection;

namespace AgentControl.Web.Tests.Pages;

/// <summary>What the inbox offers besides deciding one request: fields of an edit, undo, later, questions, like ones together, rules.</summary>
public sealed class ApprovalActsPagesTests(PostgresFixture fixture)
{
    private const string Mail =
        """{"type":"object","properties":{"to":{"type":"string"},"copies":{"type":"integer","minimum":1}},"required":["to"]}""";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static IRenderedComponent<ApprovalsPage> Open(PageBundle bundle, Guid? id = null)
    {
        var page = bundle.Render<ApprovalsPage>(p => p.Add(c => c.Id, id));
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("[data-testid=approval-request]")), Patience);
        return page;
    }

    private static async Task<Guid> AskAsync(
        PageBundle bundle,
        string title,
        string content = """{"to":"a@example.org","copies":1}"""
    )
    {
        var id = await bundle.AskAsync(await bundle.SubmitAsync(title), title, content);
        await bundle.ExecuteAsync(
            "UPDATE approvals SET agent = $2, action = 'mail', content_type = 'application/json', edit_schema = $3 WHERE id = $1",
            id,
            EchoAgent.Name,
            Mail
        );
        return id;
    }

    private static async Task<ApprovalView> ReadAsync(PageBundle bundle, Guid id) =>
        (await bundle.Services.GetRequiredService<ApprovalQueries>().FindAsync(id))!;

    [Fact]
    public async Task An_edit_has_the_fields_of_its_schema_and_keeps_both_versions()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var id = await AskAsync(bundle, "Send it?");
        var page = Open(bundle, id);
        page.Press("[data-testid=start-edit]", Patience);
        page.WaitForElement("[data-testid=edit-form] input", Patience);

        await page.InvokeAsync(() => page.FindAll("[data-testid=edit-form] input")[1].Input("0"));
        page.Press("[data-testid=confirm]", Patience);
        page.WaitForAssertion(
            () =>
                Assert.Contains(
                    "must be at least 1",
                    page.Find(".appr-bar [role=alert]").TextContent,
                    StringComparison.Ordinal
                ),
            Patience
        );
        await page.InvokeAsync(() => page.FindAll("[data-testid=edit-form] input")[1].Input("3"));
        page.WaitForAssertion(
            () => Assert.Equal("Approve with 1 change", page.Find("[data-testid=confirm]").TextContent),
            Patience
        );
        page.Press("[data-testid=confirm]", Patience);

        page.WaitForAssertion(
            () =>
                Assert.Contains(
                    "Approved with changes",
                    page.Find("[data-testid=decided]").TextContent,
                    StringComparison.Ordinal
                ),
            Patience
        );
        var view = await ReadAsync(bundle, id);
        Assert.Equal(3, view.Value!.ToElement().GetProperty("copies").GetInt32());
        Assert.Equal("""{"to":"a@example.org","copies":1}""", view.Content);
    }

    [Fact]
    public async Task Fields_that_were_not_changed_approve_what_was_shown()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var id = await AskAsync(bundle, "Send it?");
        var page = Open(bundle, id);
        page.Press("[data-testid=start-edit]", Patience);
        page.Press("[data-testid=confirm]", Patience);
        page.WaitForElement("[data-testid=decided]", Patience);
        Assert.Equal("approved", (await ReadAsync(bundle, id)).State);
    }

    [Fact]
    public async Task Within_the_grace_the_notice_and_the_request_offer_undo()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var id = await AskAsync(bundle, "Send it?");
        await bundle.ExecuteAsync("UPDATE approvals SET grace = interval '5 minutes' WHERE id = $1", id);
        await bundle.ExecuteAsync(
            "INSERT INTO waits (job_id, key, group_key, kind, approval_id, since) SELECT job_id, key, key, 'approval', id, now() FROM approvals WHERE id = $1",
            id
        );
        var page = Open(bundle, id);
        page.Press("[data-testid=start-approve]", Patience);
        page.Press("[data-testid=confirm]", Patience);
        page.WaitForElement("[data-testid=undo-decision] button", Patience);
        var notice = Assert.Single(bundle.Services.GetRequiredService<Notices>().Open);
        Assert.NotNull(notice.Undo);
        Assert.Contains("The agent hears of it", notice.Text, StringComparison.Ordinal);

        page.Press("[data-testid=undo-decision] button", Patience);

        page.WaitForElement("[data-testid=decision-bar]", Patience);
        Assert.Equal("pending", (await ReadAsync(bundle, id)).State);
    }

    [Fact]
    public async Task Later_takes_it_from_the_list_and_says_until_when()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var id = await AskAsync(bundle, "Send it?");
        var page = Open(bundle, id);
        await page.InvokeAsync(() => page.FindAll("[data-testid=snooze] button")[1].Click());
        page.WaitForElement("[data-testid=snoozed]", Patience);
        Assert.Equal(
            0,
            await bundle
                .Services.GetRequiredService<ApprovalQueries>()
                .CountAsync(ApprovalAccess.WaitingFor(bundle.Caller))
        );
        page.Press("[data-testid=snoozed] button", Patience);
        page.WaitForElement("[data-testid=snooze]", Patience);
    }

    [Fact]
    public async Task A_question_is_asked_shown_and_answered()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var id = await AskAsync(bundle, "Send it?");
        var page = Open(bundle, id);
        await page.InvokeAsync(() => page.Find("[data-testid=inquiry] textarea").Input("To whom?"));
        await page.InvokeAsync(() => page.Find("[data-testid=inquiry] form").Submit());
        page.WaitForElement("[data-testid=info-asked]", Patience);
        page.WaitForAssertion(
            () =>
                Assert.Contains(
                    "To whom?",
                    page.Find("[data-testid=inquiry-line]").TextContent,
                    StringComparison.Ordinal
                ),
            Patience
        );
        await page.InvokeAsync(() => page.Find("[data-testid=inquiry] textarea").Input("To the court."));
        await page.InvokeAsync(() => page.Find("[data-testid=inquiry] form").Submit());
        page.WaitForAssertion(() => Assert.Empty(page.FindAll("[data-testid=info-asked]")), Patience);
    }

    [Fact]
    public async Task Like_requests_are_shown_side_by_side_with_what_differs_and_decided_together()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var ids = new List<Guid>();
        foreach (var to in (string[])["a", "b", "c"])
            ids.Add(await AskAsync(bundle, $"Mail {to}?", $$"""{"to":"{{to}}@example.org","copies":1}"""));
        bundle
            .Services.GetRequiredService<BunitNavigationManager>()
            .NavigateTo($"/approvals/{ids[0]}?box=all&together=true");
        var page = bundle.Render<ApprovalsPage>(p => p.Add(c => c.Id, ids[0]));
        page.WaitForElement("[data-testid=together]", Patience);
        var heads = page.FindAll("[data-testid=together] thead th").Select(h => h.TextContent.Trim()).ToList();
        Assert.Equal(["All", "Request", "to"], heads);
        await page.InvokeAsync(() => page.FindAll("[data-testid=together] tbody input")[1].Change(false));
        Assert.Equal("Approve 2…", page.Find("[data-testid=approve-all]").TextContent);
        Assert.Null(
            await bundle
                .Services.GetRequiredService<ApprovalActs>()
                .DecideAllAsync(
                    [await ReadAsync(bundle, ids[0]), await ReadAsync(bundle, ids[2])],
                    ApprovalDecision.Approve,
                    null
                )
        );
        Assert.Equal("pending", (await ReadAsync(bundle, ids[1])).State);
        Assert.Contains(
            "was first",
            await bundle
                .Services.GetRequiredService<ApprovalActs>()
                .DecideAllAsync(
                    [await ReadAsync(bundle, ids[0]), await ReadAsync(bundle, ids[1])],
                    ApprovalDecision.Approve,
                    null
                ),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Many_equal_decisions_hint_at_a_rule()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        for (var i = 0; i < StandingRules.Enough; i++)
            await bundle.ExecuteAsync(
                "UPDATE approvals SET state = 'approved', decided_at = now(), decided_by = 'Ana' WHERE id = $1",
                await AskAsync(bundle, $"Mail {i}?")
            );
        var page = Open(bundle, await AskAsync(bundle, "Mail again?"));
        page.WaitForAssertion(
            () =>
                Assert.StartsWith(
                    $"/settings/policies?agent={EchoAgent.Name}&action=mail",
                    page.Find("[data-testid=rule-hint] a").GetAttribute("href"),
                    StringComparison.Ordinal
                ),
            Patience
        );
    }

    [Fact]
    public async Task Policies_are_made_on_their_page_with_errors_at_their_fields()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var page = bundle.Render<PoliciesPage>();
        page.WaitForElement("#policy-required", Patience);
        Assert.Contains("No policies yet", page.Markup, StringComparison.Ordinal);
        await page.InvokeAsync(() => page.Find("#policy-required").Input("0"));
        await page.InvokeAsync(() => page.FindAll("form")[0].Submit());
        page.WaitForAssertion(
            () => Assert.Equal("true", page.Find("#policy-required").GetAttribute("aria-invalid")),
            Patience
        );
        await page.InvokeAsync(() => page.Find("#policy-required").Input("2"));
        await page.InvokeAsync(() => page.Find("#policy-within").Input("1.5"));
        await page.InvokeAsync(() => page.Find("#policy-expire").Change("reject"));
        await page.InvokeAsync(() => page.FindAll("form")[0].Submit());
        page.WaitForAssertion(
            () =>
                Assert.Contains(
                    "2 people · within 1 min 30 s, else rejected",
                    page.Find("[data-testid=policies]").TextContent,
                    StringComparison.Ordinal
                ),
            Patience
        );
        await page.InvokeAsync(() => page.Find("#policy-agent").Change(EchoAgent.Name));
        await page.InvokeAsync(() => page.FindAll("form")[0].Submit());
        page.WaitForAssertion(
            () => Assert.Contains("Say at least one thing", page.Markup, StringComparison.Ordinal),
            Patience
        );
    }

    [Fact]
    public async Task A_suggestion_fills_the_form_of_a_rule()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        bundle
            .Services.GetRequiredService<BunitNavigationManager>()
            .NavigateTo($"/settings/policies?agent={EchoAgent.Name}&action=mail&workspace=default&decision=reject");
        var page = bundle.Render<PoliciesPage>();
        page.WaitForElement("#rule-agent", Patience);
        Assert.Equal(EchoAgent.Name, page.Find("#rule-agent").GetAttribute("value"));
        Assert.Equal("reject", page.Find("#rule-decision").GetAttribute("value"));
        await page.InvokeAsync(() => page.FindAll("form")[1].Submit());
        page.WaitForAssertion(
            () => Assert.Equal("true", page.Find("#rule-reason").GetAttribute("aria-invalid")),
            Patience
        );
    }

    [Fact]
    public void Terms_are_read_from_minutes_and_names()
    {
        var form = new TermsForm
        {
            Approvers = " leads , ben@example.org,",
            WithinMinutes = "1,5",
            OnExpire = "escalate",
            EscalateTo = "cfo",
            GraceSeconds = "5",
        };
        Assert.Equal(
            """{"decideWithinSeconds":90,"graceSeconds":5,"approvers":["leads","ben@example.org"],"escalateTo":["cfo"],"onExpire":"escalate"}""",
            form.Read(isPolicy: false)!.Value.GetRawText()
        );
        form.WithinMinutes = "soon";
        form.OnExpire = "approve";
        Assert.Null(form.Read(isPolicy: false));
        Assert.Equal(["decideWithinSeconds", "escalateTo", "onExpire"], form.Errors.Keys.Order(StringComparer.Ordinal));
    }
}
