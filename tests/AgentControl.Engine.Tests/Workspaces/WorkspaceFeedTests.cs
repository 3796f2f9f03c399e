using AgentControl.Engine.Workspaces;
using AgentControl.TestKit;
using Npgsql;

namespace AgentControl.Engine.Tests.Workspaces;

public sealed class WorkspaceFeedTests(PostgresFixture fixture)
{
    private static readonly CancellationToken Token = CancellationToken.None;

    [Fact]
    public async Task Append_SameIdAgain_StaysOneLine()
    {
        await using var bundle = await WorkspaceBundle.CreateAsync(fixture);
        var line = new Activity(Guid.CreateVersion7(), "default", "job.started", Author.Agent("contracts"))
        {
            JobId = Guid.CreateVersion7(),
            Text = "forty documents",
        };

        Assert.True(await bundle.Feed.AppendAsync(line, Token));
        Assert.False(await bundle.Feed.AppendAsync(line with { Text = "other" }, Token));

        Assert.Equal(
            "forty documents",
            Assert.Single((await bundle.Feed.ReadAsync("default", line.JobId, null, 10, Token)).Items).Text
        );
    }

    [Fact]
    public async Task Read_Pages_GiveEachLineOnceNewestFirst()
    {
        await using var bundle = await WorkspaceBundle.CreateAsync(fixture);
        for (var i = 0; i < 7; i++)
            await bundle.Feed.AppendAsync(
                new Activity(Guid.CreateVersion7(), "default", "job.started", Author.Agent("a")) { Text = $"{i}" },
                Token
            );
        // The same instant for all: the id must break the tie.
        await bundle.AskAsync<object>(
            "SET agentcontrol.retention = 'on'; UPDATE workspace_activity SET at = '2026-01-01Z'; SELECT 1"
        );

        var got = new List<Guid>();
        string? cursor = null;
        do
        {
            var page = await bundle.Feed.ReadAsync("default", null, cursor, 3, Token);
            got.AddRange(page.Items.Select(a => a.Id));
            cursor = page.NextCursor;
        } while (cursor is not null);

        Assert.Equal(7, got.Distinct().Count());
        Assert.Equal(7, got.Count);
    }

    [Fact]
    public async Task Comment_Added_StandsOnceWithItsLineAndItsAnchor()
    {
        await using var bundle = await WorkspaceBundle.CreateAsync(fixture);
        var comment = new Comment(
            Guid.CreateVersion7(),
            "default",
            WorkspaceBundle.Maria,
            "Page 12 is **upside down**."
        )
        {
            JobId = Guid.CreateVersion7(),
            Anchor = new CommentAnchor(CommentAnchor.FileKind, "inbox/lease.txt"),
        };

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => bundle.Comments.AddAsync(comment, Token)));

        Assert.Single(answers.Select(a => a.At).Distinct());
        var read = Assert.Single(
            (await bundle.Comments.ReadAsync("default", comment.JobId, comment.Anchor, null, 10, Token)).Items
        );
        Assert.Equal(comment with { At = read.At }, read);
        var line = Assert.Single((await bundle.Feed.ReadAsync("default", null, null, 10, Token)).Items);
        Assert.Equal(("comment.added", "inbox/lease.txt"), (line.Kind, line.Path));
        Assert.Empty((await bundle.Comments.ReadAsync("default", Guid.CreateVersion7(), null, null, 10, Token)).Items);
    }

    [Theory]
    [InlineData("a\0b", "a\u2400b")]
    [InlineData("half [D83D] of a pair", "half \uFFFD of a pair")]
    [InlineData("<script>alert(1)</script> '; DROP TABLE jobs; --", "<script>alert(1)</script> '; DROP TABLE jobs; --")]
    public async Task Comment_NastyText_IsStoredAndHarmsNothing(string body, string stored)
    {
        await using var bundle = await WorkspaceBundle.CreateAsync(fixture);
        // An attribute cannot carry half a surrogate pair.
        var text = body.Replace("[D83D]", "\uD83D", StringComparison.Ordinal);

        await bundle.Comments.AddAsync(new Comment(Guid.CreateVersion7(), "default", Author.Agent(text), text), Token);

        Assert.Equal(
            stored,
            Assert.Single((await bundle.Comments.ReadAsync("default", null, null, null, 10, Token)).Items).Body
        );
    }

    [Fact]
    public async Task Comments_and_feed_refuse_change()
    {
        await using var bundle = await WorkspaceBundle.CreateAsync(fixture);
        await bundle.Comments.AddAsync(
            new Comment(Guid.CreateVersion7(), "default", WorkspaceBundle.Maria, "x"),
            Token
        );

        foreach (
            var sql in new[]
            {
                "UPDATE workspace_comments SET body = 'y'",
                "DELETE FROM workspace_comments",
                "UPDATE workspace_activity SET text = 'y'",
                "DELETE FROM workspace_activity",
            }
        )
        {
            var refused = await Assert.ThrowsAsync<PostgresException>(() =>
                bundle.AskAsync<object>(sql + " RETURNING 1")
            );
            Assert.Equal(PostgresErrorCodes.RestrictViolation, refused.SqlState);
        }
    }

    [Theory]
    [InlineData("x")]
    [InlineData("!!!")]
    [InlineData("MHw")]
    [InlineData("OTk5OTk5OTk5OTk5OTk5OTk5OXwwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMA")]
    public async Task Read_CursorThatNobodyMade_StartsAtTheTop(string cursor)
    {
        await using var bundle = await WorkspaceBundle.CreateAsync(fixture);
        await bundle.WriteAsync("a.txt", [1]);

        Assert.Single((await bundle.Feed.ReadAsync("default", null, cursor, 10, Token)).Items);
    }
}
