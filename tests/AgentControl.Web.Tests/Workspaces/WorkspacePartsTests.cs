using AgentControl.Engine.Access;
using AgentControl.Engine.Workspaces;
using AgentControl.TestKit;
using AgentControl.Web.Shared;
using AgentControl.Web.Workspaces;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace AgentControl.Web.Tests.Workspaces;

public sealed class WorkspacePartsTests(PostgresFixture fixture)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_folder_shows_its_lines_and_a_new_file_appears_by_itself()
    {
        await using var page = await WorkspacePageBundle.CreateAsync(fixture);
        await page.WriteAsync("inbox/lease.txt", "x");
        var folder = page.Render<FolderView>(p => p.Add(v => v.Workspace, "default").Add(v => v.Folder, "inbox/"));
        folder.WaitForAssertion(
            () =>
                Assert.Equal(
                    "/workspace/inbox/lease.txt",
                    folder.Find("[data-testid=folder-line] a").GetAttribute("href")
                ),
            Patience
        );

        await page.WriteAsync("inbox/nda.txt", "y");

        folder.WaitForAssertion(() => Assert.Equal(2, folder.FindAll("[data-testid=folder-line]").Count), Patience);
    }

    [Fact]
    public async Task An_empty_folder_and_an_empty_search_say_why()
    {
        await using var page = await WorkspacePageBundle.CreateAsync(fixture);

        var folder = page.Render<FolderView>(p => p.Add(v => v.Workspace, "default").Add(v => v.Folder, ""));
        var search = page.Render<FolderView>(p =>
            p.Add(v => v.Workspace, "default").Add(v => v.Folder, "").Add(v => v.Find, "50%_x")
        );

        folder.WaitForAssertion(
            () =>
                Assert.Contains(
                    "No files yet.",
                    folder.Find("[data-testid=empty]").TextContent,
                    StringComparison.Ordinal
                ),
            Patience
        );
        search.WaitForAssertion(
            () => Assert.Contains("“50%_x”", search.Find("[data-testid=empty]").TextContent, StringComparison.Ordinal),
            Patience
        );
    }

    [Fact]
    public async Task A_search_finds_names_by_their_own_letters()
    {
        await using var page = await WorkspacePageBundle.CreateAsync(fixture);
        foreach (var name in new[] { "a/100%_sure.txt", "a/1000 sure.txt", "b/Lease.txt" })
            await page.WriteAsync(name, "x");

        var percent = page.Render<FolderView>(p =>
            p.Add(v => v.Workspace, "default").Add(v => v.Folder, "").Add(v => v.Find, "0%_S")
        );

        percent.WaitForAssertion(
            () =>
                Assert.Contains(
                    "a/100%_sure.txt",
                    Assert.Single(percent.FindAll("[data-testid=folder-line]")).TextContent,
                    StringComparison.Ordinal
                ),
            Patience
        );
    }

    [Fact]
    public async Task A_text_has_line_numbers_and_shows_what_hides_in_it()
    {
        await using var page = await WorkspacePageBundle.CreateAsync(fixture);
        await page.WriteAsync("a.html", "<script>alert(1)</script>\nsafe\u202Egpj.exe\n");

        var file = page.Render<FileView>(p => p.Add(v => v.Workspace, "default").Add(v => v.Path, "a.html"));

        file.WaitForAssertion(() => Assert.Equal("1\n2", file.Find(".ws-lines").TextContent), Patience);
        Assert.Empty(file.FindAll("script"));
        Assert.Equal("⟦U+202E⟧", file.Find(".ac-odd-char").TextContent);
    }

    [Theory]
    [InlineData("a.md", "# Title", "[data-testid=preview-markdown] .ac-prose :is(h1,h2,h3,h4)")]
    [InlineData("a.json", "{\"a\":1}", "[data-testid=preview-json] .ac-json")]
    [InlineData("a.csv", "name,size\nx,1", "[data-testid=preview-table] th")]
    [InlineData("a.png", "no real picture", "img[data-testid=preview-image]")]
    [InlineData("a.zip", "PK", "[data-testid=empty]")]
    public async Task Each_kind_is_shown_its_way(string name, string text, string selector)
    {
        await using var page = await WorkspacePageBundle.CreateAsync(fixture);
        await page.WriteAsync(name, text);

        var file = page.Render<FileView>(p => p.Add(v => v.Workspace, "default").Add(v => v.Path, name));

        file.WaitForAssertion(() => Assert.NotEmpty(file.FindAll(selector)), Patience);
        Assert.NotNull(file.Find("[data-testid=download]").GetAttribute("download"));
    }

    [Fact]
    public async Task A_new_version_is_drawn_by_itself_and_an_old_one_stays_what_it_was()
    {
        await using var page = await WorkspacePageBundle.CreateAsync(fixture);
        await page.WriteAsync("a.txt", "first");
        var newest = page.Render<FileView>(p => p.Add(v => v.Workspace, "default").Add(v => v.Path, "a.txt"));
        var old = page.Render<FileView>(p =>
            p.Add(v => v.Workspace, "default").Add(v => v.Path, "a.txt").Add(v => v.Version, 1)
        );
        newest.WaitForAssertion(() => Assert.Equal("first", newest.Find(".ws-code").TextContent.Trim()), Patience);

        await page.WriteAsync("a.txt", "second");

        newest.WaitForAssertion(() => Assert.Equal("second", newest.Find(".ws-code").TextContent.Trim()), Patience);
        old.WaitForAssertion(
            () => Assert.Contains("This is an older version.", old.Markup, StringComparison.Ordinal),
            Patience
        );
        Assert.Equal("first", old.Find(".ws-code").TextContent.Trim());
    }

    [Fact]
    public async Task A_missing_file_and_a_lost_database_say_what_to_do()
    {
        await using var page = await WorkspacePageBundle.CreateAsync(fixture);
        var missing = page.Render<FileView>(p => p.Add(v => v.Workspace, "default").Add(v => v.Path, "../etc/passwd"));
        missing.WaitForAssertion(
            () =>
                Assert.Contains(
                    "There is no file",
                    missing.Find("[data-testid=empty]").TextContent,
                    StringComparison.Ordinal
                ),
            Patience
        );

        await page.CutDatabaseAsync();
        var failed = page.Render<FolderView>(p => p.Add(v => v.Workspace, "default").Add(v => v.Folder, ""));

        failed.WaitForAssertion(
            () =>
                Assert.Contains(
                    "could not be loaded",
                    failed.Find("[data-testid=error-panel]").TextContent,
                    StringComparison.Ordinal
                ),
            Patience
        );
    }

    [Fact]
    public async Task A_deleted_file_comes_back_with_undo()
    {
        await using var page = await WorkspacePageBundle.CreateAsync(fixture);
        await page.WriteAsync("in/a.txt", "x");
        var file = page.Render<FileView>(p => p.Add(v => v.Workspace, "default").Add(v => v.Path, "in/a.txt"));
        file.WaitForAssertion(() => file.Find("[data-testid=delete]"), Patience);
        var files = page.Services.GetRequiredService<WorkspaceFileQueries>();

        await file.Find("[data-testid=delete]").ClickAsync(new());

        Assert.Null(await files.FindAsync("default", WorkspacePath.Of("in/a.txt"), null, CancellationToken.None));
        Assert.EndsWith(
            "/workspace/in/",
            page.Services.GetRequiredService<NavigationManager>().Uri,
            StringComparison.Ordinal
        );
        await Assert.Single(page.Services.GetRequiredService<Notices>().Open).Undo!();
        Assert.NotNull(await files.FindAsync("default", WorkspacePath.Of("in/a.txt"), null, CancellationToken.None));
    }

    [Fact]
    public async Task A_comment_is_sent_once_and_stands_with_its_line_in_the_feed()
    {
        await using var page = await WorkspacePageBundle.CreateAsync(fixture);
        var comments = page.Render<CommentsPanel>(p => p.Add(v => v.Workspace, "default"));
        var feed = page.Render<ActivityPanel>(p => p.Add(v => v.Workspace, "default"));
        Assert.Equal(
            "true",
            comments.WaitForElement("[data-testid=comment-send]", Patience).GetAttribute("aria-disabled")
        );

        comments.Find("[data-testid=comment-text]").Input("Page **12** <script>x</script>");
        await comments.Find("[data-testid=comment-send]").ClickAsync(new());

        comments.WaitForAssertion(
            () => Assert.Equal("12", Assert.Single(comments.FindAll("[data-testid=comment] strong")).TextContent),
            Patience
        );
        feed.WaitForAssertion(
            () =>
                Assert.Contains(
                    "Ana",
                    Assert.Single(feed.FindAll("[data-testid=activity-line]")).TextContent,
                    StringComparison.Ordinal
                ),
            Patience
        );
        Assert.Empty(comments.FindAll("script"));
        Assert.Equal("", comments.Find("[data-testid=comment-text]").GetAttribute("value") ?? "");
    }

    [Fact]
    public async Task Without_the_role_nothing_is_written_and_a_stranger_sees_nothing()
    {
        await using var page = await WorkspacePageBundle.CreateAsync(fixture);
        await page.WriteAsync("a.txt", "x");
        page.Role = Role.Viewer;
        var actor = page.Services.GetRequiredService<WorkspaceActor>();

        Assert.False(await actor.CommentAsync(Guid.CreateVersion7(), "default", null, null, "x"));
        Assert.Contains(
            "Operator",
            Assert.Single(page.Services.GetRequiredService<Notices>().Open).Text,
            StringComparison.Ordinal
        );
        page.Role = null;
        await Assert.ThrowsAsync<AccessDeniedException>(() =>
            page
                .Services.GetRequiredService<WorkspaceReader>()
                .PreviewAsync("default", "a.txt", null, CancellationToken.None)
        );
    }

    [Fact]
    public async Task A_jobs_files_are_listed_and_previewed()
    {
        await using var page = await WorkspacePageBundle.CreateAsync(fixture);
        var job = Guid.CreateVersion7();
        await page.WriteAsync($"jobs/{job}/summary.md", "# Summary");
        var files = page.Render<WorkspaceFilesPanel>(p => p.Add(v => v.Workspace, "default").Add(v => v.JobId, job));
        files.WaitForAssertion(
            () => Assert.Equal("summary.md", files.Find("[data-testid=job-file] button").TextContent),
            Patience
        );

        await files.Find("[data-testid=job-file] button").ClickAsync(new());

        files.WaitForAssertion(
            () =>
                Assert.Equal(
                    "Summary",
                    files.Find("[data-testid=preview-markdown] .ac-prose :is(h1,h2,h3,h4)").TextContent
                ),
            Patience
        );
    }
}
