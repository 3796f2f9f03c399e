using AgentControl.Browser.Tests.Checks;
using AgentControl.Browser.Tests.Pages;
using AgentControl.Browser.Tests.Programs;
using Microsoft.Playwright;

namespace AgentControl.Browser.Tests.Story;

/// <summary>A new user's first hour: forty real documents, a power cut in the middle, an edited summary, the results.</summary>
[Collection(ProgramsCollection.Name)]
public sealed class ContractsStoryTests
{
    private const int Documents = 40;
    private const string CountLargeMessages = """
        () => {
            const send = WebSocket.prototype.send;
            window.largeMessages = 0;
            WebSocket.prototype.send = function (data) {
                if ((data.byteLength ?? data.length) > 4096) window.largeMessages++;
                return send.call(this, data);
            };
        }
        """;
    private const string Edit = "Checked line by line; clause nine was renegotiated.";

    // One worker a stage and a line in the feed after every four: slow enough to be cut off in the middle on any machine.
    private static readonly Dictionary<string, string> _slow = new()
    {
        ["AgentControl:Queues:extract"] = "1",
        ["AgentControl:Queues:summarise"] = "1",
    };

    [Fact]
    public async Task A_batch_of_contracts_survives_a_kill_and_ends_with_the_edited_summary()
    {
        await using var installation = new Installation(_slow);
        await installation.StartAsync();
        await using var browser = await TestBrowser.StartAsync();
        await using var context = await browser.OpenAsync(new() { BaseURL = installation.Url });
        var page = await context.NewPageAsync();

        await BecomeAdminAsync(page, await installation.Program.SetupLinkAsync());
        await SubmitAsync(page);
        var journal = new StoryJournal(installation, await IdAsync(page));

        await journal.UntilFinishedAsync(children: 5);
        await installation.Program.KillAsync();
        await journal.RememberAsync();
        Assert.InRange(journal.FinishedChildren, 1, Documents - 1);
        await Assertions.Expect(page.Locator("#components-reconnect-modal")).ToContainTextAsync("Connection lost.");

        await installation.StartAsync();
        await ComesBackByItselfAsync(page);
        await WaitForProgressAsync(page, atLeast: 13); // percent: the sixth of forty documents, the first after the cut
        await Assertions
            .Expect(page.Locator("main .ac-head [data-state]"))
            .ToHaveAttributeAsync("data-state", "needs_approval", new() { Timeout = 300_000 });
        await journal.HoldsAfterRestartAsync(context.APIRequest, Documents);

        await EditSummaryAsync(page);
        await ResultsAreThereAsync(page, context.APIRequest, journal);
    }

    private static async Task BecomeAdminAsync(IPage page, string link)
    {
        await page.GotoAsync(link);
        await page.GetByLabel("Name").FillAsync("Maria");
        await page.GetByLabel("E-mail").FillAsync("maria@example.com");
        await page.GetByLabel("Password").FillAsync("correct horse battery");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make admin" }).ClickAsync();
        await page.InteractiveAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Set up");
    }

    private static async Task SubmitAsync(IPage page)
    {
        var folder = Directory.CreateTempSubdirectory("agentcontrol-documents-");
        try
        {
            var files = RealDocuments.CopyTo(folder.FullName, Documents);
            await page.GetByRole(AriaRole.Link, new() { Name = "New job" }).First.ClickAsync();
            await page.Locator("#new-agent").SelectOptionAsync("contracts");
            await page.Locator("ac-uploads input[type=file]:not([webkitdirectory])").SetInputFilesAsync(files);
            await Assertions
                .Expect(page.GetByTestId("uploads-summary"))
                .ToHaveTextAsync($"{Documents} files · {Documents} ready");
            await page.GetByLabel("Comment every").FillAsync("4");
            await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Forty real documents");
            await page.GetByTestId("start").ClickAsync();
            await page.WaitForURLAsync("**/jobs/j_*");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<string> IdAsync(IPage page)
    {
        await Assertions
            .Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 }))
            .ToHaveTextAsync("Forty real documents");
        return new Uri(page.Url).Segments[2].TrimEnd('/');
    }

    private static async Task WaitForProgressAsync(IPage page, int atLeast) =>
        await page.WaitForFunctionAsync(
            "least => Number(document.querySelector('[data-testid=job-head] [role=progressbar]')?.getAttribute('aria-valuenow') ?? 0) >= least",
            atLeast,
            new() { Timeout = 180_000 }
        );

    private static async Task ComesBackByItselfAsync(IPage page)
    {
        await page.InteractiveAsync();
        await Assertions.Expect(page.Locator("#components-reconnect-modal")).ToBeHiddenAsync();
        await Assertions
            .Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 }))
            .ToHaveTextAsync("Forty real documents");
    }

    private static async Task EditSummaryAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Navigation, new() { Name = "Main" })
            .GetByRole(AriaRole.Link, new() { Name = "Approvals" })
            .ClickAsync();
        await Assertions.Expect(page.GetByTestId("approval-item")).ToHaveCountAsync(1);
        await Assertions.Expect(page.GetByTestId("decision-bar")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("e");
        var editor = page.GetByLabel("Content, as you want it");
        await Assertions.Expect(editor).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Control+End");
        await page.EvaluateAsync(CountLargeMessages);
        await page.Keyboard.InsertTextAsync("\n\n");
        await page.Keyboard.TypeAsync(Edit);
        await Assertions.Expect(page.GetByTestId("confirm")).ToContainTextAsync("Approve with");
        await page.Keyboard.PressAsync("Control+Enter");
        await Assertions.Expect(page.GetByTestId("approval-item")).ToHaveCountAsync(0);
        // The summary of forty documents is long: it goes to the server when the typing rests, not with each character.
        Assert.InRange(await page.EvaluateAsync<int>("() => window.largeMessages"), 1, Edit.Length / 3);
    }

    private static async Task ResultsAreThereAsync(IPage page, IAPIRequestContext api, StoryJournal journal)
    {
        await page.OpenAsync($"/jobs/{journal.ShortId}");
        await Assertions
            .Expect(page.Locator("main .ac-head [data-state]"))
            .ToHaveAttributeAsync("data-state", "completed");
        var folder = await journal.CheckResultsAsync(api, Documents);
        await page.GetByRole(AriaRole.Navigation, new() { Name = "Main" })
            .GetByRole(AriaRole.Link, new() { Name = "Workspace" })
            .ClickAsync();
        await Assertions.Expect(page.GetByTestId("workspace")).ToBeVisibleAsync();
        await page.OpenAsync($"/workspace/{folder}summary.md");
        await Assertions.Expect(page.GetByTestId("file")).ToContainTextAsync(Edit);
    }
}
