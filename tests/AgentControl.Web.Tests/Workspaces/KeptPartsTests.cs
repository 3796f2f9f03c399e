using AgentControl.Engine.Access;
using AgentControl.Engine.Workspaces;
using AgentControl.TestKit;
using AgentControl.Web.Shared;
using AgentControl.Web.Workspaces;
using Bunit;
using Microsoft.Extensions.DependencyInjection;

namespace AgentControl.Web.Tests.Workspaces;

/// <summary>Versions and the bin on the page.</summary>
public sealed class KeptPartsTests(PostgresFixture fixture)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Versions_are_listed_compared_and_brought_back()
    {
        await using var page = await WorkspacePageBundle.CreateAsync(fixture);
        await page.WriteAsync("a.txt", "one\ntwo\n");
        await page.WriteAsync("a.txt", "one\nTWO\n");
        var file = page.Render<FileView>(p => p.Add(v => v.Workspace, "default").Add(v => v.Path, "a.txt"));
        file.WaitForAssertion(() => Assert.Equal(2, file.FindAll("[data-testid=version-line]").Count), Patience);

        Assert.Equal("/workspace/a.txt?v=2&with=1", file.Find("[data-testid=compare]").GetAttribute("href"));
        Assert.Equal(
            [true, false],
            file.FindAll("[data-testid=revert]")
                .Select(b => b.HasAttribute("disabled") || b.GetAttribute("aria-disabled") == "true")
        );
        await file.FindAll("[data-testid=revert]")[1].ClickAsync(new());

        file.WaitForAssertion(() => Assert.Equal(3, file.FindAll("[data-testid=version-line]").Count), Patience);
        Assert.Contains("v3 now", page.Services.GetRequiredService<Notices>().Open[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_version_that_came_meanwhile_is_not_written_over()
    {
        await using var page = await WorkspacePageBundle.CreateAsync(fixture);
        await page.WriteAsync("a.txt", "one");
        await page.WriteAsync("a.txt", "two");
        var reader = page.Services.GetRequiredService<WorkspaceReader>();
        var shown = (await reader.VersionsAsync("default", "a.txt", CancellationToken.None))[0];
        await page.WriteAsync("a.txt", "three");

        var done = await page.Services.GetRequiredService<WorkspaceActor>().RevertAsync("default", shown, 1);

        Assert.False(done);
        Assert.Contains(
            "Look at version 3",
            page.Services.GetRequiredService<Notices>().Open[^1].Text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_comparison_shows_both_sides_or_says_why_not()
    {
        await using var page = await WorkspacePageBundle.CreateAsync(fixture);
        await page.WriteAsync("a.txt", "one\ntwo\n");
        await page.WriteAsync("a.txt", "one\nTWO\n");
        var sides = page.Render<VersionCompare>(p =>
            p.Add(v => v.Workspace, "default").Add(v => v.Path, "a.txt").Add(v => v.Version, 2).Add(v => v.With, 1)
        );
        sides.WaitForAssertion(() => Assert.Equal("two", sides.Find("del").TextContent), Patience);
        Assert.Equal("TWO", sides.Find("ins").TextContent);
        Assert.Contains("1 change", sides.Find("[data-testid=compare-head]").TextContent, StringComparison.Ordinal);

        var gone = page.Render<VersionCompare>(p =>
            p.Add(v => v.Workspace, "default").Add(v => v.Path, "a.txt").Add(v => v.Version, 2).Add(v => v.With, 9)
        );
        gone.WaitForAssertion(
            () => Assert.Contains("has no version 9", gone.Markup, StringComparison.Ordinal),
            Patience
        );
    }

    [Fact]
    public async Task The_bin_shows_what_was_deleted_and_gives_it_back()
    {
        await using var page = await WorkspacePageBundle.CreateAsync(fixture);
        await page.WriteAsync("a.txt", "one");
        var bin = page.Render<BinView>(p => p.Add(v => v.Workspace, "default"));
        bin.WaitForAssertion(
            () => Assert.Contains("The bin is empty.", bin.Markup, StringComparison.Ordinal),
            Patience
        );

        var files = page.Services.GetRequiredService<WorkspaceFiles>();
        await files.DeleteAsync(
            Guid.CreateVersion7(),
            "default",
            WorkspacePath.Of("a.txt"),
            Author.Person("Maria"),
            FileExpectation.Anything,
            CancellationToken.None
        );
        bin.WaitForAssertion(
            () => Assert.Contains("by Maria", bin.Find("[data-testid=bin-line]").TextContent, StringComparison.Ordinal),
            Patience
        );
        Assert.Contains("Needs the Admin role", bin.Markup, StringComparison.Ordinal);
        await bin.Find("[data-testid=restore]").ClickAsync(new());

        bin.WaitForAssertion(() => Assert.Empty(bin.FindAll("[data-testid=bin-line]")), Patience);
    }

    [Fact]
    public async Task A_bin_is_closed_to_those_who_may_not_look_and_emptied_by_admins_alone()
    {
        await using var page = await WorkspacePageBundle.CreateAsync(fixture);
        var desk = page.Services.GetRequiredService<BinDesk>();

        await Assert.ThrowsAsync<AccessDeniedException>(() => desk.EmptyAsync("default", DateTimeOffset.MaxValue));
        page.Role = null;
        await Assert.ThrowsAsync<AccessDeniedException>(() =>
            desk.ReadAsync("default", null, 10, CancellationToken.None)
        );
    }
}
