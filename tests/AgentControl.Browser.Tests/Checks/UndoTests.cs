using AgentControl.Browser.Tests.Pages;
using Microsoft.Playwright;

namespace AgentControl.Browser.Tests.Checks;

[Collection(PagesCollection.Name)]
public sealed class UndoTests(CheckedProgram program)
{
    private const int Promised = 10_000;
    private const string Tag = "a20-urgent";

    // How long the first notice of this page was there, in ms; 0 while it is.
    private const string Measure = """
        () => {
          let came;
          globalThis.acStayed = 0;
          new MutationObserver(() => {
            const there = document.querySelector("[data-testid=notice]");
            if (there) came ??= performance.now();
            else if (came) globalThis.acStayed ||= performance.now() - came;
          }).observe(document.body, { childList: true, subtree: true });
        }
        """;

    [Fact]
    public async Task A20_What_was_done_can_be_undone_for_ten_seconds_and_longer_while_one_is_at_it()
    {
        await Seeds.RunningAsync(program.Installation, "a20", 1);
        await program.PutFileAsync("a20/left.md", "Left alone");
        await program.PutFileAsync("a20/back.md", "Comes back");
        await using var context = await program.OpenAsync();

        // A file is deleted, and nobody looks at the notice.
        var left = await context.NewPageAsync();
        await DeleteAsync(left, "left.md");

        // A job is paused, and the pointer stays on the notice.
        var paused = await OpenJobAsync(context);
        var chip = paused.Locator("main .ac-head [data-state]");
        await paused.Locator("[data-testid=job-actions] [data-action=pause]").ClickAsync();
        await Assertions.Expect(Notice(paused)).ToContainTextAsync("Pause requested for a20-1.");
        await Notice(paused).HoverAsync();
        await Assertions.Expect(chip).ToHaveTextAsync("Pausing");

        // A tag is put on, and the focus stays on Undo.
        var tagged = await OpenJobAsync(context);
        await tagged.EvaluateAsync(Measure);
        await tagged.GetByTestId("add-tag").ClickAsync();
        await tagged.GetByLabel("New tag").FillAsync(Tag);
        await tagged.Keyboard.PressAsync("Enter");
        await Assertions.Expect(tagged.GetByTestId("job-tags")).ToContainTextAsync(Tag);
        await Assertions.Expect(Notice(tagged)).ToContainTextAsync($"Tagged a20-1 “{Tag}”.");
        await Undo(tagged).FocusAsync();

        // Another file is deleted and comes back at once.
        var back = await context.NewPageAsync();
        await DeleteAsync(back, "back.md");
        await Undo(back).ClickAsync();
        await Assertions.Expect(Notice(back)).ToContainTextAsync("back.md is back.");
        Assert.Equal("Comes back", await ReadAsync(context, "back.md"));

        await left.WaitForFunctionAsync("() => globalThis.acStayed > 0");
        Assert.InRange(await left.EvaluateAsync<double>("() => globalThis.acStayed"), Promised, 2 * Promised);
        await left.CloseAsync();
        await tagged.WatchAsync(Promised / 2);
        Assert.Equal(0, await tagged.EvaluateAsync<double>("() => globalThis.acStayed"));

        await Undo(paused).ClickAsync();
        await Assertions.Expect(chip).ToHaveTextAsync("Running");
        await Assertions.Expect(Notice(paused)).ToBeHiddenAsync();
        await tagged.Keyboard.PressAsync("Enter");
        await Assertions.Expect(tagged.GetByTestId("job-tags")).Not.ToContainTextAsync(Tag);

        // Taken off, it is put on again by the key.
        await tagged.GetByTestId("add-tag").ClickAsync();
        await tagged.GetByLabel("New tag").FillAsync(Tag);
        await tagged.Keyboard.PressAsync("Enter");
        await tagged.GetByRole(AriaRole.Button, new() { Name = $"Take the tag {Tag} off" }).ClickAsync();
        await Assertions.Expect(tagged.GetByTestId("job-tags")).Not.ToContainTextAsync(Tag);
        await tagged.Locator("h1").FocusAsync();
        await tagged.Keyboard.PressAsync("z");
        await Assertions.Expect(tagged.GetByTestId("job-tags")).ToContainTextAsync(Tag);
    }

    private static ILocator Notice(IPage page) => page.GetByTestId("notice").First;

    private static ILocator Undo(IPage page) => Notice(page).GetByRole(AriaRole.Button, new() { Name = "Undo" });

    private static async Task<IPage> OpenJobAsync(IBrowserContext context)
    {
        var page = await context.NewPageAsync();
        await page.OpenAsync("/jobs?q=a20");
        await page.GetByRole(AriaRole.Link, new() { Name = "a20-1" }).ClickAsync();
        await Assertions.Expect(page.GetByTestId("job-tags")).ToBeVisibleAsync();
        return page;
    }

    private static async Task DeleteAsync(IPage page, string name)
    {
        await page.OpenAsync($"/workspace/a20/{name}");
        await page.EvaluateAsync(Measure);
        await page.GetByTestId("delete").ClickAsync();
        await Assertions.Expect(Notice(page)).ToContainTextAsync($"Deleted {name}.");
    }

    private static async Task<string> ReadAsync(IBrowserContext context, string name) =>
        await (await context.APIRequest.GetAsync($"/api/v1/workspaces/default/files/a20/{name}")).TextAsync();
}
