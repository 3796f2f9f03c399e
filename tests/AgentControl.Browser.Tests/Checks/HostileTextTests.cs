using System.Collections.Concurrent;
using System.Text.Json;
using AgentControl.Browser.Tests.Pages;
using AgentControl.Web.Shared;
using Microsoft.Playwright;

namespace AgentControl.Browser.Tests.Checks;

/// <summary>What an agent writes to mislead or attack whoever decides.</summary>
[Collection(PagesCollection.Name)]
public sealed class HostileTextTests(CheckedProgram program)
{
    private const int Large = 1 << 20;
    private const string Shown = "⟦U+202E⟧";

    private const string Hostile =
        "<script>globalThis.acHacked = 1</script><img src=http://evil.example/x onerror=\"globalThis.acHacked = 1\"> "
        + "![see](http://evil.example/y) [here](javascript:globalThis.acHacked=1) invoice-\u202Efdp.exe ";

    [Theory]
    [InlineData("text/plain")]
    [InlineData("text/markdown")]
    [InlineData("application/json")]
    public async Task A27_Text_of_an_agent_runs_nothing_loads_nothing_and_hides_nothing(string type)
    {
        var (job, approval) = await program.SubmitAsync(CheckedProgram.Gate("Hostile " + type));
        var large = string.Concat(Enumerable.Repeat("words that go on, ", Large / 18 + 1));
        var content =
            type == "application/json" ? JsonSerializer.Serialize(new { note = Hostile, large }) : Hostile + large;
        await program.Installation.ExecuteAsync(
            """
            UPDATE approvals SET title = @title, body = @title, content_type = @type, content = convert_to(@content, 'UTF8'),
                   sha256 = sha256(convert_to(@content, 'UTF8')) WHERE id = @id::uuid;
            UPDATE job_runs SET waiting_detail = @title WHERE job_id = (SELECT job_id FROM approvals WHERE id = @id::uuid);
            """,
            ("title", Hostile),
            ("type", type),
            ("content", content),
            ("id", approval)
        );
        await using var context = await program.OpenAsync();
        var page = await context.NewPageAsync();
        var asked = new ConcurrentBag<string>();
        page.Request += (_, request) => asked.Add(request.Url);

        await page.OpenAsync($"/approvals/{approval}");
        var shown = page.GetByTestId("approval-content");
        await Assertions.Expect(shown).ToContainTextAsync(Shown);
        await Assertions.Expect(shown).ToContainTextAsync($"{Formats.Number(content.Length)} characters");
        await Assertions.Expect(page.GetByTestId("approval-request").Locator("h2")).ToContainTextAsync(Shown);
        await Assertions.Expect(page.Locator(".appr-item[aria-current=true]")).ToContainTextAsync(Shown);
        await IsHarmlessAsync(page);

        foreach (var path in new[] { $"/a/{approval}", $"/jobs/{job}/approvals", $"/jobs?q={job}" })
        {
            await page.GotoAsync(path);
            await Assertions.Expect(page.Locator("main")).ToContainTextAsync(Shown);
            await IsHarmlessAsync(page);
        }

        Assert.NotEmpty(asked);
        Assert.All(asked, url => Assert.StartsWith(program.Installation.Url, url, StringComparison.Ordinal));
    }

    private static async Task IsHarmlessAsync(IPage page)
    {
        Assert.Equal("undefined", await page.EvaluateAsync<string>("() => typeof globalThis.acHacked"));
        Assert.Equal(0, await page.Locator("main script, main img[src^='http:'], a[href^='javascript:']").CountAsync());
        Assert.DoesNotContain('\u202E', await page.Locator("main").InnerTextAsync());
        Assert.DoesNotContain('\u202E', await page.TitleAsync());
    }
}
