using AgentControl.TestKit;
using AgentControl.Web.Shared;
using AgentControl.Web.Workspaces;
using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AgentControl.Web.Tests.Workspaces;

/// <summary>Names while a comment is written, and where it is read.</summary>
public sealed class MentionPartsTests(PostgresFixture fixture)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Names_are_suggested_behind_an_at_and_stand_marked_in_the_comment()
    {
        await using var page = await WorkspacePageBundle.CreateAsync(fixture);
        await SeedAsync(page);
        var comments = page.Render<CommentsPanel>(p => p.Add(v => v.Workspace, "default"));
        var field = comments.WaitForElement("[data-testid=comment-text]", Patience);
        Assert.Equal("list", field.GetAttribute("aria-autocomplete"));
        Assert.True(comments.Find("[role=listbox]").HasAttribute("hidden"));

        await field.TriggerEventAsync("onacnames", new NamesEventArgs { Begun = "z", Open = true });
        Assert.Equal(field.GetAttribute("aria-controls"), comments.Find("[role=listbox]").Id);
        Assert.Equal(
            ["Zoe <b> Four", "zoo-keepers"],
            comments.FindAll("[role=option]").Select(o => o.GetAttribute("data-name"))
        );
        Assert.Equal("2 names, arrows move, Enter takes", comments.Find("[role=status]").TextContent);
        await comments.Find("[data-testid=comment-text]").TriggerEventAsync("onacnames", new NamesEventArgs());
        Assert.Empty(comments.FindAll("[role=option]"));

        comments
            .Find("[data-testid=comment-text]")
            .Input("@zoe <b> four and @zoo-keepers, not `@zoo-keepers` nor @zoo-keepersx");
        await comments.Find("[data-testid=comment-send]").ClickAsync(new());
        comments.WaitForAssertion(
            () =>
                Assert.Equal(
                    ["@zoe <b> four", "@zoo-keepers"],
                    comments.FindAll("[data-testid=comment] .ac-mention").Select(m => m.TextContent)
                ),
            Patience
        );
        Assert.Empty(comments.FindAll("[data-testid=comment] b:not(.ac-row b)"));
    }

    [Theory]
    [InlineData("banana jar", 0)]
    [InlineData("@ana @ANA x@ana @ana.b @anab", 2)]
    [InlineData("`@ana` and\n\n    @ana", 0)]
    [InlineData("[@ana](https://example.org)", 1)]
    public void Marks_are_text_and_only_where_a_name_stands(string text, int marks)
    {
        var html = MarkdownHtml.From(text, ["ana"]);
        Assert.Equal(marks, html.Split("ac-mention").Length - 1);
        Assert.DoesNotContain("ac-mention", MarkdownHtml.From(text), StringComparison.Ordinal);
    }

    private static async Task SeedAsync(WorkspacePageBundle page)
    {
        await using var command = page
            .Services.GetRequiredService<NpgsqlDataSource>()
            .CreateCommand(
                """
                INSERT INTO users (id, user_name, display_name, email, created_at, email_confirmed, phone_number_confirmed, two_factor_enabled, lockout_enabled, access_failed_count)
                  VALUES ('00000000-0000-0000-0000-0000000000f1', 'zoe', 'Zoe <b> Four', 'zoe@example.org', ac_now(), false, false, false, false, 0);
                INSERT INTO grants (principal_kind, principal_id, workspace, role) VALUES ('person', '00000000-0000-0000-0000-0000000000f1', '*', 'viewer');
                INSERT INTO groups (name, description, created_at) VALUES ('zoo-keepers', '', ac_now());
                INSERT INTO group_members (group_name, person_id) VALUES ('zoo-keepers', '00000000-0000-0000-0000-0000000000f1')
                """
            );
        await command.ExecuteNonQueryAsync(Xunit.TestContext.Current.CancellationToken);
    }
}
