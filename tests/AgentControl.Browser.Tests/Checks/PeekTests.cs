using AgentControl.Browser.Tests.Pages;
using Microsoft.Playwright;

namespace AgentControl.Browser.Tests.Checks;

/// <summary>A request is read and decided below the row that asks, and the page stays where it is.</summary>
[Collection(PagesCollection.Name)]
public sealed class PeekTests(CheckedProgram program)
{
    private const string Workspace = "peeked";

    [Fact]
    public async Task The_overview_is_decided_on_by_keyboard_and_stays()
    {
        var person = await program.ApproverAsync(Workspace);
        var approval = await AskAsync("Peeked on the overview");
        var next = await AskAsync("Peeked next");
        await using var context = await program.OpenAsStrangerAsync();
        var page = await People.SignInAsync(context, person);
        await page.OpenAsync("/");
        var opener = Opener(page, approval);
        var (peek, confirm) = (page.GetByTestId("peek"), page.GetByTestId("confirm"));

        await opener.FocusAsync();
        await page.Keyboard.PressAsync("Space");
        await Assertions.Expect(peek).ToBeFocusedAsync();
        await Assertions.Expect(opener).ToHaveAttributeAsync("aria-expanded", "true");
        await Assertions.Expect(peek.GetByTestId("approval-content")).ToContainTextAsync("step 2");
        await page.Keyboard.PressAsync("a");
        await Assertions.Expect(confirm).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(confirm).ToHaveCountAsync(0);
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(peek).ToHaveCountAsync(0);
        await Assertions.Expect(opener).ToBeFocusedAsync();
        Assert.Equal("pending", await StateAsync(approval));

        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(peek).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("a");
        await Assertions.Expect(confirm).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByTestId("notice").Last).ToContainTextAsync("Approved");
        await Assertions.Expect(peek).ToHaveCountAsync(0);
        await Assertions.Expect(Opener(page, next)).ToBeFocusedAsync();
        Assert.Equal("approved", await StateAsync(approval));
        Assert.Equal("/", new Uri(page.Url).PathAndQuery);
    }

    [Fact]
    public async Task In_the_list_of_jobs_the_rules_of_the_inbox_hold_and_a_second_person_is_told()
    {
        var terms = new { highRisk = true };
        var (job, approval) = await program.SubmitAsync(CheckedProgram.Gate("Peeked in the list", terms));
        await using var context = await program.OpenAsync();
        var page = await context.NewPageAsync();
        var address = $"/jobs?q={job}";
        await page.OpenAsync(address);
        await page.GetByRole(AriaRole.Link, new() { Name = "Peeked in the list" }).FocusAsync();
        await page.Keyboard.PressAsync("ArrowRight");
        await Assertions.Expect(Opener(page, approval)).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        var peek = page.GetByTestId("peek");
        await Assertions.Expect(peek).ToBeFocusedAsync();

        await page.Keyboard.PressAsync("a");
        await Assertions.Expect(page.GetByLabel("Why it is right")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("Control+Enter");
        await Assertions.Expect(peek.Locator(".ac-error")).ToContainTextAsync("Say why it is right");
        Assert.Equal("pending", await StateAsync(approval));

        await program.PostAsync(
            $"/api/v1/approvals/{approval}/decide",
            new
            {
                decision = "reject",
                revision = 1,
                comment = "wrong customer",
            }
        );
        await Assertions.Expect(peek.GetByTestId("decided")).ToContainTextAsync("Rejected by");
        await Assertions.Expect(peek.GetByTestId("lock-reason")).ToContainTextAsync("No second decision is possible.");
        await Assertions.Expect(peek.GetByTestId("start-approve")).ToBeDisabledAsync();
        await peek.GetByTestId("peek-close").ClickAsync();
        await Assertions.Expect(peek).ToHaveCountAsync(0);
        Assert.Equal(address, new Uri(page.Url).PathAndQuery);
    }

    [Fact]
    public async Task Who_may_not_decide_reads_why_and_a_phone_leads_to_the_request()
    {
        var (job, approval) = await program.SubmitAsync(CheckedProgram.Gate("Peeked by a viewer"));
        await using var context = await program.OpenAsStrangerAsync();
        var page = await program.JoinAsync(context, $"Viewer{Guid.NewGuid():N}"[..16]);
        await page.OpenAsync($"/jobs?q={job}");
        await Opener(page, approval).ClickAsync();
        await Assertions.Expect(page.GetByTestId("lock-reason")).ToContainTextAsync("Needs the Approver role");
        await Assertions.Expect(page.GetByTestId("start-approve")).ToBeDisabledAsync();

        await page.SetViewportSizeAsync(390, 844);
        await page.OpenAsync($"/jobs?q={job}");
        await Assertions.Expect(Opener(page, approval)).ToBeHiddenAsync();
        await page.GetByTestId("peek-link").ClickAsync();
        await page.WaitForURLAsync($"**/approvals/{approval}");
        await Assertions.Expect(page.GetByTestId("approval-request")).ToBeVisibleAsync();
    }

    private static ILocator Opener(IPage page, string approval) => page.Locator($"#peek-open-{Guid.Parse(approval):N}");

    private async Task<string> AskAsync(string name) =>
        (await program.SubmitAsync(CheckedProgram.Gate(name, workspace: Workspace))).Approval;

    private async Task<string> StateAsync(string approval) =>
        (await program.GetAsync($"/api/v1/approvals/{approval}")).GetProperty("state").GetString()!;
}
