using System.Text.RegularExpressions;
using AgentControl.Browser.Tests.Pages;
using Microsoft.Playwright;

namespace AgentControl.Browser.Tests.Checks;

/// <summary>Deciding by keyboard alone: two steps each, and nothing is sent by a single key.</summary>
[Collection(PagesCollection.Name)]
public sealed class ApprovalKeysTests(CheckedProgram program)
{
    private const int Repeats = 10;

    private static readonly object _grace = new { graceSeconds = 120 };

    [Fact]
    public async Task A11_The_inbox_is_worked_by_keyboard_and_a_single_key_decides_nothing()
    {
        var (_, first) = await program.SubmitAsync(CheckedProgram.Gate("Keys one", _grace));
        var (_, second) = await program.SubmitAsync(CheckedProgram.Gate("Keys two", _grace));
        await using var context = await program.OpenAsync();
        var page = await context.NewPageAsync();
        await page.OpenAsync($"/approvals/{first}?box=all");
        await page.Keyboard.PressAsync("/");
        await Assertions.Expect(page.GetByLabel("Search requests")).ToBeFocusedAsync();
        await page.OpenAsync($"/approvals/{first}?box=all");
        var confirm = page.GetByTestId("confirm");

        await page.Keyboard.PressAsync("j");
        await SelectedAsync(page, second);
        await page.Keyboard.PressAsync("k");
        await SelectedAsync(page, first);

        await page.Keyboard.PressAsync("a");
        await Assertions.Expect(confirm).ToBeFocusedAsync();
        await Assertions.Expect(confirm).ToHaveTextAsync("Approve");
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(confirm).ToHaveCountAsync(0);
        Assert.Equal("pending", await StateAsync(first));

        for (var i = 0; i < Repeats; i++)
            await page.Keyboard.DownAsync("a");
        await Assertions.Expect(confirm).ToBeFocusedAsync();
        await page.Keyboard.UpAsync("a");
        await Assertions.Expect(page.GetByTestId("decision-bar")).ToHaveCountAsync(1);
        await Assertions.Expect(confirm).ToHaveCountAsync(1);
        Assert.Equal("pending", await StateAsync(first));
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(confirm).ToHaveCountAsync(0);

        await page.Keyboard.PressAsync("a");
        await Assertions.Expect(confirm).ToBeFocusedAsync();
        for (var i = 0; i < Repeats; i++)
            await page.Keyboard.PressAsync("Enter");
        await SelectedAsync(page, second);
        Assert.Equal("approved", await StateAsync(first));
        Assert.Equal(1, await DecisionsAsync(first));
        Assert.Equal("pending", await StateAsync(second));
        await Assertions.Expect(confirm).ToHaveCountAsync(0);

        await page.Keyboard.PressAsync("z");
        await SelectedAsync(page, first);
        await Assertions.Expect(page.GetByTestId("start-approve")).ToBeEnabledAsync();
        Assert.Equal("pending", await StateAsync(first));
    }

    [Fact]
    public async Task A11_Arrows_lead_into_the_request_and_back_to_the_list()
    {
        var (_, approval) = await program.SubmitAsync(CheckedProgram.Gate("Keys into"));
        await using var context = await program.OpenAsync();
        var page = await context.NewPageAsync();
        await page.OpenAsync($"/approvals/{approval}?box=all");
        await page.Keyboard.PressAsync("ArrowRight");
        await Assertions.Expect(page.GetByTestId("approval-request")).ToBeFocusedAsync();
        foreach (var back in new[] { "ArrowLeft", "Escape" })
        {
            await page.Keyboard.PressAsync(back);
            await Assertions.Expect(Item(page, approval)).ToBeFocusedAsync();
            await page.Keyboard.PressAsync("ArrowRight");
        }

        // The content scrolls by the same arrows, and keeps them.
        await page.Locator(".appr-box").FocusAsync();
        var address = page.Url;
        await page.Keyboard.PressAsync("ArrowUp");
        await page.Keyboard.PressAsync("a");
        await Assertions.Expect(page.GetByTestId("confirm")).ToBeFocusedAsync();
        Assert.Equal(address, page.Url);
    }

    [Fact]
    public async Task A12_What_is_typed_into_a_comment_stays_text()
    {
        var (job, approval) = await program.SubmitAsync(CheckedProgram.Gate("Keys typed"));
        await using var context = await program.OpenAsync();
        var page = await context.NewPageAsync();
        await page.OpenAsync($"/approvals/{approval}?box=all");
        await page.Keyboard.PressAsync("a");
        await TypesAsync(page, page.GetByLabel("Comment (optional)"));
        await Assertions.Expect(page.GetByTestId("confirm")).ToHaveTextAsync("Approve");
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page.GetByTestId("confirm")).ToHaveCountAsync(0);
        await page.Keyboard.PressAsync("r");
        await TypesAsync(page, page.GetByLabel("Reason"));
        await page.Keyboard.PressAsync("Escape");
        await page.Locator("summary", new() { HasText = "Ask for more" }).ClickAsync();
        await TypesAsync(page, page.GetByLabel("What do you need to know?"));
        Assert.Equal("pending", await StateAsync(approval));

        await page.OpenAsync($"/jobs/{job}/comments");
        await TypesAsync(page, page.Locator("main textarea"));
    }

    [Fact]
    public async Task A12_What_is_typed_into_searches_and_JSON_stays_text()
    {
        await using var context = await program.OpenAsync();
        var page = await context.NewPageAsync();
        await page.OpenAsync("/jobs");
        await TypesAsync(page, page.Locator("#jobs-q"));
        await page.Keyboard.PressAsync("Control+k");
        await Assertions.Expect(page.Locator("#ac-goto")).ToBeVisibleAsync();
        await TypesAsync(page, page.Locator("#ac-goto input"), dialogs: 1);
        await page.Keyboard.PressAsync("Escape");

        await page.OpenAsync("/jobs/new");
        await page.GetByRole(AriaRole.Button, new() { Name = "JSON", Exact = true }).ClickAsync();
        await TypesAsync(page, page.Locator("main textarea.ac-textarea--code"));
    }

    [Fact]
    public async Task A13_A_rejection_without_a_reason_is_not_sent()
    {
        var (_, approval) = await program.SubmitAsync(CheckedProgram.Gate("Keys reject"));
        await using var context = await program.OpenAsync();
        var page = await context.NewPageAsync();
        await page.OpenAsync($"/approvals/{approval}?box=all");
        await page.Keyboard.PressAsync("r");
        var reason = page.GetByLabel("Reason");
        await Assertions.Expect(reason).ToBeFocusedAsync();

        await page.GetByTestId("confirm").ClickAsync();
        await IsToldAsync(page, reason, "Give a reason.");
        await page.Keyboard.PressAsync("Control+Enter");
        await IsToldAsync(page, reason, "Give a reason.");
        Assert.Equal("pending", await StateAsync(approval));

        await page.Keyboard.TypeAsync("wrong customer");
        await page.Keyboard.PressAsync("Control+Enter");
        await Assertions.Expect(page.GetByTestId("notice").Last).ToContainTextAsync("Rejected");
        Assert.Equal("rejected", await StateAsync(approval));
    }

    [Fact]
    public async Task A13_High_risk_takes_a_comment_and_more_than_Enter()
    {
        var (_, approval) = await program.SubmitAsync(CheckedProgram.Gate("Keys risk", new { highRisk = true }));
        await using var context = await program.OpenAsync();
        var page = await context.NewPageAsync();
        await page.OpenAsync($"/approvals/{approval}?box=all");
        await page.Keyboard.PressAsync("a");
        var why = page.GetByLabel("Why it is right");
        await Assertions.Expect(why).ToBeFocusedAsync();

        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("Control+Enter");
        await IsToldAsync(page, why, "Say why it is right");
        await page.Keyboard.TypeAsync("Checked by hand");
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("End");
        await Assertions.Expect(page.GetByTestId("confirm")).ToBeEnabledAsync();
        Assert.Equal("pending", await StateAsync(approval));

        await page.Keyboard.PressAsync("Control+Enter");
        await Assertions.Expect(page.GetByTestId("notice").Last).ToContainTextAsync("Approved");
        Assert.Equal("approved", await StateAsync(approval));
    }

    [Fact]
    public async Task A13_Nobody_approves_their_own_job_and_reads_why()
    {
        await using var context = await program.OpenAsync();
        var page = await context.NewPageAsync();
        var made = await page.APIRequest.PostAsync(
            "/api/v1/jobs",
            new() { DataObject = CheckedProgram.Gate("Keys own", new { notStarter = true }) }
        );
        Assert.True(made.Ok, await made.TextAsync());
        var approval = await program.AskedAsync((await made.JsonAsync())!.Value.GetProperty("shortId").GetString()!);
        await page.OpenAsync($"/approvals/{approval}");

        await Assertions.Expect(page.GetByTestId("start-approve")).ToBeDisabledAsync();
        var reason = page.GetByTestId("lock-reason");
        await Assertions.Expect(reason).ToBeVisibleAsync();
        await Assertions.Expect(reason).ToContainTextAsync("You started this job. Somebody else has to decide.");
        await page.Keyboard.PressAsync("a");
        await page.Keyboard.PressAsync("r");
        await page.Keyboard.PressAsync("Control+k");
        await Assertions.Expect(page.Locator("#ac-goto")).ToBeVisibleAsync();
        Assert.Equal(0, await page.GetByTestId("confirm").CountAsync());
    }

    private static async Task IsToldAsync(IPage page, ILocator field, string error)
    {
        var told = page.Locator($"[id='{await DescribedByAsync(field)}']");
        await Assertions.Expect(told).ToBeVisibleAsync();
        await Assertions.Expect(told).ToContainTextAsync(error);
        await Assertions.Expect(field).ToBeFocusedAsync();
    }

    private static async Task<string?> DescribedByAsync(ILocator field)
    {
        await Assertions
            .Expect(field)
            .ToHaveAttributeAsync("aria-describedby", new Regex(".+", RegexOptions.None, TimeSpan.FromSeconds(1)));
        return await field.GetAttributeAsync("aria-describedby");
    }

    /// <summary>Every letter of this is a shortcut somewhere.</summary>
    private static async Task TypesAsync(IPage page, ILocator field, int dialogs = 0)
    {
        await field.FillAsync("");
        await field.FocusAsync();
        var (address, bars) = (page.Url, await page.GetByTestId("confirm").CountAsync());
        await page.Keyboard.TypeAsync("banana jar");
        await Assertions.Expect(field).ToHaveValueAsync("banana jar");
        await Assertions.Expect(field).ToBeFocusedAsync();
        Assert.Equal(address, page.Url);
        Assert.Equal(bars, await page.GetByTestId("confirm").CountAsync());
        Assert.Equal(dialogs, await page.Locator("dialog[open], .mud-dialog").CountAsync());
    }

    private static ILocator Item(IPage page, string approval) =>
        page.Locator($"[data-testid=approval-item][href*='{approval}']");

    private static async Task SelectedAsync(IPage page, string approval)
    {
        await Assertions
            .Expect(page)
            .ToHaveURLAsync(new Regex($"/approvals/{approval}\\?", RegexOptions.None, TimeSpan.FromSeconds(1)));
        await Assertions.Expect(Item(page, approval)).ToHaveAttributeAsync("aria-current", "true");
        await Assertions.Expect(Item(page, approval)).ToBeFocusedAsync();
    }

    private async Task<string> StateAsync(string approval) =>
        (await program.GetAsync($"/api/v1/approvals/{approval}")).GetProperty("state").GetString()!;

    /// <summary>How often a decision of this request was written.</summary>
    private Task<long> DecisionsAsync(string approval) =>
        program.Installation.ReadAsync<long>(
            "SELECT count(*) FROM events WHERE type = 'approval.decided' AND data::jsonb->>'approvalId' = @id",
            ("id", approval)
        );
}
