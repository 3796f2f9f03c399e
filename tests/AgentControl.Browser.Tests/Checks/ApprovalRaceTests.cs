using System.Globalization;
using System.Net;
using AgentControl.Browser.Tests.Pages;
using Microsoft.Playwright;

namespace AgentControl.Browser.Tests.Checks;

/// <summary>Two people before one request, and a request that changes under their eyes.</summary>
[Collection(TimedCollection.Name)]
public sealed class ApprovalRaceTests(CheckedProgram program, ITestOutputHelper output)
{
    private const int MostMilliseconds = 1_000;

    // One clock for both browsers: they are processes of this machine.
    private const string NotesWhen = """
        () => {
          globalThis.acSeen = 0;
          const look = () => { if (!globalThis.acSeen && document.querySelector("[data-testid=decided]")?.textContent.includes("Approved by")) globalThis.acSeen = Date.now(); };
          new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
        }
        """;

    [Fact]
    public async Task A14_Who_comes_second_sees_who_and_when_within_a_second_and_decides_nothing()
    {
        var (_, approval) = await program.SubmitAsync(CheckedProgram.Gate("Raced"));
        await using var anas = await program.OpenAsync();
        await using var bens = await program.OpenAsStrangerAsync();
        var ana = await anas.NewPageAsync();
        await ana.OpenAsync($"/approvals/{approval}?box=all");
        var ben = await program.JoinAsync(bens, "Ben", "approver");
        await ben.OpenAsync($"/approvals/{approval}?box=all");
        await ben.EvaluateAsync(NotesWhen);
        await ben.Keyboard.PressAsync("r");
        await ben.GetByLabel("Reason").FillAsync("wrong customer");

        await ana.Keyboard.PressAsync("a");
        await Assertions.Expect(ana.GetByTestId("confirm")).ToBeFocusedAsync();
        var since = await ana.GetByTestId("confirm")
            .EvaluateAsync<long>("e => { const now = Date.now(); e.click(); return now; }");

        var decided = ben.GetByTestId("decided");
        await Assertions.Expect(decided).ToContainTextAsync("Approved by ana");
        await Assertions.Expect(decided.Locator("ac-time").First).ToBeVisibleAsync();
        var took = await ben.EvaluateAsync<long>("() => globalThis.acSeen") - since;
        output.WriteLine($"A14: seen after {took.ToString(CultureInfo.InvariantCulture)} ms");
        Assert.InRange(took, 0, MostMilliseconds);
        var buttons = ben.GetByTestId("decision-bar").GetByRole(AriaRole.Button);
        Assert.NotEqual(0, await buttons.CountAsync());
        foreach (var button in await buttons.AllAsync())
            await Assertions.Expect(button).ToBeDisabledAsync();
        await Assertions.Expect(ben.GetByTestId("lock-reason")).ToContainTextAsync("No second decision is possible.");

        // By force: the button made to work again, and a post without the page.
        await buttons.Last.EvaluateAsync("e => { e.disabled = false; e.click(); }");
        await ben.Keyboard.PressAsync("a");
        var forced = await DecideAsync(ben, approval, "reject", 1);
        Assert.Equal((int)HttpStatusCode.Conflict, forced.Status);
        Assert.Contains("approval.decided", await forced.TextAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await ben.GetByTestId("confirm").CountAsync());
        Assert.Equal("ana approved", await StandsAsync(approval));
        Assert.Equal(
            1,
            await program.Installation.ReadAsync<long>(
                "SELECT count(*) FROM events WHERE type = 'approval.decided' AND data::jsonb->>'approvalId' = @id",
                ("id", approval)
            )
        );
    }

    [Fact]
    public async Task A14_Content_that_changed_meanwhile_locks_the_buttons_until_it_is_reviewed_again()
    {
        var (_, approval) = await program.SubmitAsync(CheckedProgram.Gate("Changed"));
        await using var context = await program.OpenAsync();
        var page = await context.NewPageAsync();
        await page.OpenAsync($"/approvals/{approval}?box=all");
        await Assertions.Expect(page.GetByTestId("approval-content")).ToContainTextAsync("step 2");

        await ChangeAsync(approval, "step 2, and all the others");
        await Assertions.Expect(page.GetByTestId("changed")).ToContainTextAsync("The proposal changed");
        await Assertions.Expect(page.GetByTestId("start-approve")).ToBeDisabledAsync();
        await Assertions.Expect(page.GetByTestId("start-reject")).ToBeDisabledAsync();
        await page.Keyboard.PressAsync("a");
        await page.GetByTestId("start-approve").EvaluateAsync("e => { e.disabled = false; e.click(); }");
        Assert.Equal((int)HttpStatusCode.Conflict, (await DecideAsync(page, approval, "approve", 1)).Status);
        await Assertions.Expect(page.GetByTestId("approval-content")).Not.ToContainTextAsync("all the others");
        Assert.Equal(0, await page.GetByTestId("confirm").CountAsync());

        await page.GetByRole(AriaRole.Button, new() { Name = "Review again" }).ClickAsync();
        await Assertions.Expect(page.GetByTestId("approval-content")).ToContainTextAsync("all the others");
        await page.Keyboard.PressAsync("a");
        await Assertions.Expect(page.GetByTestId("confirm")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByTestId("notice").Last).ToContainTextAsync("Approved");
        Assert.Equal("ana approved", await StandsAsync(approval));
    }

    private static Task<IAPIResponse> DecideAsync(IPage page, string approval, string decision, int revision) =>
        page.APIRequest.PostAsync(
            $"/api/v1/approvals/{approval}/decide",
            new()
            {
                DataObject = new
                {
                    decision,
                    revision,
                    comment = "By force",
                },
            }
        );

    /// <summary>As an agent that proposes something else, and a line of some job's log that makes pages look.</summary>
    private async Task ChangeAsync(string approval, string content)
    {
        await program.Installation.ExecuteAsync(
            "UPDATE approvals SET content = convert_to(@content, 'UTF8'), sha256 = sha256(convert_to(@content, 'UTF8')), revision = revision + 1 WHERE id = @id::uuid",
            ("content", content),
            ("id", approval)
        );
        await program.SubmitAsync(CheckedProgram.Gate("Makes pages look"));
    }

    private async Task<string> StandsAsync(string approval)
    {
        var now = await program.GetAsync($"/api/v1/approvals/{approval}");
        return $"{now.GetProperty("decidedBy").GetString()} {now.GetProperty("state").GetString()}";
    }
}
