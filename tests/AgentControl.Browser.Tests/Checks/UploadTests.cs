using System.Globalization;
using System.Text.RegularExpressions;
using AgentControl.Browser.Tests.Pages;
using Microsoft.Playwright;

namespace AgentControl.Browser.Tests.Checks;

[Collection(PagesCollection.Name)]
public sealed class UploadTests(CheckedProgram program) : IDisposable
{
    private const int Files = 2_000;
    private const int Bytes = 10_000;

    // A name that no other system could keep.
    private const string Refused = "CON.txt";
    private static readonly TimeSpan _matchLimit = TimeSpan.FromSeconds(1);
    private readonly string folder = Directory.CreateTempSubdirectory("agentcontrol-uploads-").FullName;

    [Fact]
    public async Task A21_Two_thousand_files_go_up_one_that_fails_says_why_and_a_reload_keeps_what_is_done()
    {
        var files = await WriteAsync();
        await using var context = await program.OpenAsync();
        var page = await context.NewPageAsync();
        var (lost, sent) = (0, 0);
        page.WebSocket += (_, socket) => socket.Close += (_, _) => Interlocked.Increment(ref lost);
        page.Request += (_, request) =>
        {
            if (request.Method == "PUT")
                Interlocked.Increment(ref sent);
        };
        await page.OpenAsync("/jobs/new?agent=contracts");
        await page.EvaluateAsync("() => { globalThis.acSamePage = true; }");
        await ChooseAsync(page, files);
        var summary = page.GetByTestId("uploads-summary");
        await Assertions.Expect(summary).ToContainTextAsync("2,000 files");
        await Assertions.Expect(page.GetByTestId("upload")).ToHaveCountAsync(Files);
        await Assertions
            .Expect(summary)
            .ToContainTextAsync(new Regex(@"· [3-9]\d\d ready", RegexOptions.None, _matchLimit));

        // What is done is done after a reload; the rest says that it is to be chosen again.
        Assert.Equal((0, true), (lost, await page.EvaluateAsync<bool>("() => globalThis.acSamePage")));
        await page.ReloadAsync();
        await page.InteractiveAsync();
        await Assertions.Expect(page.GetByTestId("upload")).ToHaveCountAsync(Files);
        var done = await page.Locator("[data-testid=upload][data-is=ready]").CountAsync();
        Assert.InRange(done, 300, Files - 1);
        await Assertions.Expect(page.GetByText("choose it again").First).ToBeAttachedAsync();
        (lost, sent) = (0, 0);
        await ChooseAsync(page, files);
        await Assertions
            .Expect(summary)
            .ToHaveTextAsync("2,000 files · 1,999 ready · 1 failed", new() { Timeout = 180_000 });
        Assert.InRange(sent, 1, Files - done);
        Assert.Equal(0, lost);
        await Assertions
            .Expect(page.Locator("[data-testid=upload][data-is=failed]"))
            .ToContainTextAsync(
                new Regex(@"CON\.txt · 10 kB · failed: .*device's name", RegexOptions.None, _matchLimit)
            );
        await Assertions.Expect(page.GetByTestId("connection")).ToHaveTextAsync("live", new() { UseInnerText = true });

        // All of them once more, from what the browser kept; the program has them too.
        await page.ReloadAsync();
        await page.InteractiveAsync();
        await Assertions.Expect(summary).ToHaveTextAsync("2,000 files · 1,999 ready · 1 failed");
        await Assertions.Expect(page.Locator("[data-testid=upload][data-is=failed]")).ToContainTextAsync(Refused);
        var into = await page.Locator("ac-uploads").GetAttributeAsync("folder");
        Assert.Equal(
            Files - 1,
            await program.Installation.ReadAsync<long>(
                "SELECT count(*) FROM workspace_files WHERE path LIKE @folder || '/%'",
                ("folder", into!)
            )
        );
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private async Task<string[]> WriteAsync()
    {
        var text = new string('x', Bytes);
        var files = Enumerable
            .Range(1, Files - 1)
            .Select(n => Path.Combine(folder, $"file-{n.ToString("0000", CultureInfo.InvariantCulture)}.txt"))
            .Append(Path.Combine(folder, Refused))
            .ToArray();
        foreach (var file in files)
            await File.WriteAllTextAsync(file, text);
        return files;
    }

    private static Task ChooseAsync(IPage page, string[] files) =>
        page.Locator("ac-uploads input[type=file]:not([webkitdirectory])").SetInputFilesAsync(files);
}
