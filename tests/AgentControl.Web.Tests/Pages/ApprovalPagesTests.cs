using System.Text.Json;
using AgentControl.Core.Approvals;
using AgentControl.TestKit;
using AgentControl.Web.Approvals;
using AgentControl.Web.Shared;
using Bunit;
using Bunit.TestDoubles;
using Microsoft.Extensions.DependencyInjection;

namespace AgentControl.Web.Tests.Pages;

public sealed class ApprovalPagesTests(PostgresFixture fixture)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static IRenderedComponent<ApprovalsPage> Open(PageBundle bundle, Guid? id = null) =>
        bundle.Render<ApprovalsPage>(p => p.Add(c => c.Id, id));

    private static IRenderedComponent<ApprovalsPage> Shown(IRenderedComponent<ApprovalsPage> page)
    {
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("[data-testid=approval-request]")), Patience);
        return page;
    }

    [Fact]
    public async Task Empty_SaysThatNobodyWaits()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);

        var page = Open(bundle);

        page.WaitForAssertion(
            () =>
                Assert.Contains(
                    "Nothing waits for a person",
                    page.Find("[data-testid=empty]").TextContent,
                    StringComparison.Ordinal
                ),
            Patience
        );
    }

    [Fact]
    public async Task Loading_ShowsRowsToCome_ThenTheRequestWithItsFingerprint()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        await bundle.AskAsync(await bundle.SubmitAsync("job"), "Write it", "x");
        var held = await bundle.HoldAsync("approvals");

        var page = Open(bundle);
        Assert.NotEmpty(page.FindAll("[data-testid=skeleton]"));
        await held.DisposeAsync();

        Shown(page);
        // SHA-256 of "x".
        Assert.Equal("2d711642b726b044", page.Find("[data-testid=fingerprint]").TextContent);
    }

    [Fact]
    public async Task Search_ListsWhatHasTheWordsInTitleJobOrAgent_AndKeepsThemInEveryLink()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        await bundle.AskAsync(await bundle.SubmitAsync("quarter"), "Send 100% of it", "x");
        await bundle.AskAsync(await bundle.SubmitAsync("other"), "Delete it", "x");
        var navigation = bundle.Services.GetRequiredService<BunitNavigationManager>();
        navigation.NavigateTo("/approvals?box=all&q=100%25");
        var page = Shown(Open(bundle));
        Assert.Equal("100%", page.Find("input[type=search]").GetAttribute("value"));
        var item = Assert.Single(page.FindAll("[data-testid=approval-item]"));
        Assert.Contains("Send 100% of it", item.TextContent, StringComparison.Ordinal);
        Assert.EndsWith("?box=all&q=100%25", item.GetAttribute("href"), StringComparison.Ordinal);

        page.Find("input[type=search]").Change(" QUARTER ");
        page.WaitForAssertion(
            () => Assert.EndsWith("/approvals?box=all&q=QUARTER", navigation.Uri, StringComparison.Ordinal),
            Patience
        );
        page.WaitForAssertion(
            () =>
                Assert.EndsWith(
                    "?box=all&q=QUARTER",
                    Assert.Single(page.FindAll("[data-testid=approval-item]")).GetAttribute("href"),
                    StringComparison.Ordinal
                ),
            Patience
        );

        page.Find("input[type=search]").Change("nothing_");
        page.WaitForAssertion(
            () =>
                Assert.StartsWith(
                    "No request here has “nothing_”",
                    page.Find("[data-testid=empty]").TextContent.Trim(),
                    StringComparison.Ordinal
                ),
            Patience
        );
        Assert.Equal("/approvals?box=all", page.Find("[data-testid=empty] a").GetAttribute("href"));
    }

    [Fact]
    public async Task Edit_ThatDoesNotFit_IsToldByItsField()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var id = await bundle.AskAsync(await bundle.SubmitAsync("job"), "Write it", """{"path":"a"}""");
        await bundle.ExecuteAsync(
            "UPDATE approvals SET edit_schema = $2 WHERE id = $1",
            id,
            """{"type":"object","properties":{"path":{"type":"string"}},"required":["path"],"additionalProperties":false}"""
        );
        var edited = JsonSerializer.SerializeToElement(new { path = 1 });

        var result = await bundle
            .Services.GetRequiredService<ApprovalDesk>()
            .DecideAsync(new(id, ApprovalDecision.Edit, 1, null, edited));

        Assert.Equal("path: Give a text in quotes.", result.Error);
    }

    [Theory]
    [InlineData("approve,reject,edit", "approve reject edit")]
    [InlineData("choose,respond", "choose answer")]
    public async Task Effects_AreTold_OfTheDecisionsThatAreOpen(string decisions, string told)
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var id = await bundle.AskAsync(await bundle.SubmitAsync("job"), "Write it");
        await bundle.ExecuteAsync(
            "UPDATE approvals SET decisions = string_to_array($2, ','), options = CASE WHEN $2 LIKE 'choose%' THEN '[{\"value\":\"a\",\"label\":\"A\"}]' END WHERE id = $1",
            id,
            decisions
        );

        var page = Shown(Open(bundle, id));

        Assert.Equal(
            told.Split(' ').Select(decision => $"If you {decision}"),
            page.FindAll(".appr-effects dt").Select(term => term.TextContent)
        );
    }

    [Theory]
    [InlineData("modelCalls", "The limit grows by the amount that you give, in model calls.")]
    [InlineData("wallSeconds", "The limit grows by the amount that you give, in seconds of work.")]
    [InlineData("costUsd+tokens", "The limits grow by the amounts that you give: costUsd in US dollars, tokens.")]
    public async Task Effects_OfAnAnswerToABudget_NameTheUnit(string measures, string told)
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var id = await bundle.AskAsync(await bundle.SubmitAsync("job"), "The budget is spent");
        await bundle.ExecuteAsync(
            "UPDATE approvals SET kind = 'budget', key = '~budget@j_1.0.1.' || $2 || '~step#1', decisions = ARRAY['respond'] WHERE id = $1",
            id,
            measures
        );

        var page = Shown(Open(bundle, id));

        Assert.Equal(told, page.Find(".appr-effects dd").TextContent);
    }

    [Fact]
    public async Task Chosen_TheNoteSaysWhat()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var id = await bundle.AskAsync(await bundle.SubmitAsync("job"), "What now?");
        await bundle.ExecuteAsync(
            """UPDATE approvals SET state = 'chosen', decided_at = now(), decided_by = 'Ben', value = '"stop"', options = '[{"value":"stop","label":"Stop it"}]' WHERE id = $1""",
            id
        );

        var page = Shown(Open(bundle, id));

        Assert.Contains(
            "Choice: \"Stop it\"",
            page.Find("[data-testid=decided]").TextContent,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Error_NamesItselfAndTriesAgain()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        await bundle.AskAsync(await bundle.SubmitAsync("job"), "Write it");
        await bundle.BreakAsync("approvals");

        var page = Open(bundle);
        page.WaitForAssertion(
            () => Assert.Matches("E-[0-9A-F]{4}", page.Find("[data-testid=error-panel]").TextContent),
            Patience
        );
        await bundle.MendAsync("approvals");
        page.Press("[data-testid=error-panel] button", Patience);

        Shown(page);
    }

    [Fact]
    public async Task Approve_InTwoSteps_IsStoredOnce()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var id = await bundle.AskAsync(await bundle.SubmitAsync("job"), "Write it");
        var page = Shown(Open(bundle, id));

        page.Press("[data-testid=start-approve]", Patience);
        page.WaitForElement("[data-testid=confirm]", Patience);
        Assert.Equal("pending", await StateAsync(bundle, id));
        page.Press("[data-testid=confirm]", Patience);

        page.WaitForAssertion(
            () =>
                Assert.Contains(
                    "Approved by Ana",
                    page.Find("[data-testid=decided]").TextContent,
                    StringComparison.Ordinal
                ),
            Patience
        );
        Assert.Equal("approved", await StateAsync(bundle, id));
        Assert.Empty(page.FindAll("[data-testid=decision-bar]"));
    }

    [Fact]
    public async Task Reject_WithoutReason_StaysOpenWithTheError()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var id = await bundle.AskAsync(await bundle.SubmitAsync("job"), "Write it");
        var page = Shown(Open(bundle, id));
        page.Press("[data-testid=start-reject]", Patience);

        page.Press("[data-testid=confirm]", Patience);

        page.WaitForAssertion(() => Assert.NotNull(page.Find("textarea").GetAttribute("aria-describedby")), Patience);
        var field = page.Find("textarea");
        Assert.Contains(
            "Give a reason",
            page.Find($"#{field.GetAttribute("aria-describedby")}").TextContent,
            StringComparison.Ordinal
        );
        Assert.Equal("pending", await StateAsync(bundle, id));
    }

    [Fact]
    public async Task OtherPersonDecides_ShowsWhoTakesTheButtonsAwayAndTellsWhenTheJobHeardOfIt()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var job = await bundle.SubmitAsync("job");
        var id = await bundle.AskAsync(job, "Write it");
        var page = Shown(Open(bundle, id));

        await bundle.ExecuteAsync(
            "UPDATE approvals SET state = 'approved', decided_at = now(), decided_by = 'Ben' WHERE id = $1",
            id
        );
        bundle.Feed.Publish(LiveTopic.Approvals);

        page.WaitForAssertion(
            () =>
                Assert.Contains(
                    "Approved by Ben",
                    page.Find("[data-testid=decided]").TextContent,
                    StringComparison.Ordinal
                ),
            Patience
        );
        Assert.All(
            page.FindAll("[data-testid=decision-bar] button"),
            b => Assert.True(b.HasAttribute("disabled"), b.TextContent)
        );
        void Heard(string words) =>
            page.WaitForAssertion(() => Assert.Equal(words, page.Find("[data-testid=resumed]").TextContent), Patience);
        Heard("The job has not heard of it yet.");

        await bundle.ExecuteAsync(
            "INSERT INTO events (job_id, no, at, type, level, message) SELECT job_id, 99, decided_at + interval '2 s', 'job.started', 'info', 'Attempt 2' FROM approvals WHERE id = $1",
            id
        );
        bundle.Feed.Publish(LiveTopic.Job(job));

        Heard("The job heard of it 2 s later.");
    }

    [Fact]
    public async Task OtherPersonWasFirst_ConfirmSaysWhoAndStoresNothing()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var id = await bundle.AskAsync(await bundle.SubmitAsync("job"), "Write it");
        var page = Shown(Open(bundle, id));
        page.Press("[data-testid=start-approve]", Patience);
        await bundle.ExecuteAsync(
            "UPDATE approvals SET state = 'rejected', decided_at = now(), decided_by = 'Ben', comment = 'no' WHERE id = $1",
            id
        );

        page.Press("[data-testid=confirm]", Patience);

        page.WaitForAssertion(
            () =>
                Assert.Contains(
                    "Rejected by Ben",
                    page.Find("[data-testid=decided]").TextContent,
                    StringComparison.Ordinal
                ),
            Patience
        );
        Assert.Equal("rejected", await StateAsync(bundle, id));
    }

    [Fact]
    public async Task ContentChanges_LocksUntilItIsReviewedAgain()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var id = await bundle.AskAsync(await bundle.SubmitAsync("job"), "Write it", "old words");
        var page = Shown(Open(bundle, id));

        await bundle.ExecuteAsync(
            "UPDATE approvals SET revision = 2, content = convert_to('new words', 'UTF8') WHERE id = $1",
            id
        );
        bundle.Feed.Publish(LiveTopic.Approvals);

        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("[data-testid=changed]")), Patience);
        Assert.Contains("old words", page.Find("[data-testid=approval-content]").TextContent, StringComparison.Ordinal);
        Assert.True(page.Find("[data-testid=start-approve]").HasAttribute("disabled"));
        page.Press("[data-testid=changed] button", Patience);
        page.WaitForAssertion(
            () =>
                Assert.Contains(
                    "new words",
                    page.Find("[data-testid=approval-content]").TextContent,
                    StringComparison.Ordinal
                ),
            Patience
        );
        Assert.False(page.Find("[data-testid=start-approve]").HasAttribute("disabled"));
    }

    [Fact]
    public async Task WithoutTheRole_ButtonsAreOffAndSayWhy()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var id = await bundle.AskAsync(await bundle.SubmitAsync("job"), "Write it");
        bundle.Role = Engine.Access.Role.Operator;

        var page = Shown(Open(bundle, id));

        Assert.Contains(
            "Needs the Approver role",
            page.Find("[data-testid=lock-reason]").TextContent,
            StringComparison.Ordinal
        );
        Assert.True(page.Find("[data-testid=start-approve]").HasAttribute("disabled"));
    }

    [Fact]
    public async Task Keys_MoveOpenAndLeave()
    {
        await using var bundle = await PageBundle.CreateAsync(fixture);
        var first = await bundle.AskAsync(await bundle.SubmitAsync("one"), "First");
        var second = await bundle.AskAsync(await bundle.SubmitAsync("two"), "Second");
        var page = Shown(Open(bundle));
        var keys = page.FindComponent<AcKeys>().Instance;

        await page.InvokeAsync(() => keys.OnKey.InvokeAsync("j"));
        Assert.EndsWith(
            $"/approvals/{second}?box=mine",
            bundle.Services.GetRequiredService<BunitNavigationManager>().Uri,
            StringComparison.Ordinal
        );
        await page.InvokeAsync(() => keys.OnKey.InvokeAsync("a"));
        page.WaitForAssertion(() => Assert.Equal("Approve", page.Find("[data-testid=confirm]").TextContent), Patience);
        await page.InvokeAsync(() => keys.OnKey.InvokeAsync("Escape"));
        page.WaitForAssertion(() => Assert.Empty(page.FindAll("[data-testid=confirm]")), Patience);
        Assert.Equal("pending", await StateAsync(bundle, first));
    }

    private static async Task<string> StateAsync(PageBundle bundle, Guid id) =>
        (await bundle.Services.GetRequiredService<Engine.Approvals.ApprovalQueries>().FindAsync(id))!.State;
}
