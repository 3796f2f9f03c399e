using AgentControl.Engine.Access;
using AgentControl.Engine.Notes;
using AgentControl.Engine.Workspaces;
using AgentControl.TestKit;
using AgentControl.Web.Agents;
using AgentControl.Web.Notes;
using AgentControl.Web.Shared;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace AgentControl.Web.Tests.Pages;

/// <summary>What an agent keeps beyond its jobs, as people see and change it.</summary>
public sealed class NotePagesTests(PostgresFixture fixture) : IAsyncLifetime
{
    private static readonly NoteAddress _alice = new("default", EchoAgent.Name, "people/alice");
    private PageBundle bundle = null!;

    private static CancellationToken Now => Xunit.TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => bundle = await PageBundle.CreateAsync(fixture);

    public ValueTask DisposeAsync() => bundle.DisposeAsync();

    [Fact]
    public async Task The_agents_page_shows_notes_as_they_come()
    {
        await WriteAsync("Likes short answers.");
        var page = bundle.Render<AgentPage>(p => p.Add(a => a.Name, EchoAgent.Name));
        page.WaitForAssertion(() => Assert.Contains("Likes short answers.", Notes(page), StringComparison.Ordinal));
        Assert.Equal(
            NotePage.Address(EchoAgent.Name, "default", _alice.Name),
            page.Find(".notes a").GetAttribute("href")
        );

        await WriteAsync("Likes long answers.");
        bundle.Feed.Publish(LiveTopic.Workspace("default"));
        page.WaitForAssertion(() => Assert.Contains("Likes long answers.", Notes(page), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Notes_of_a_workspace_that_the_person_may_not_see_are_not_shown()
    {
        await WriteAsync("Likes short answers.");
        bundle.OnlyIn = "elsewhere";
        var page = bundle.Render<AgentPage>(p => p.Add(a => a.Name, EchoAgent.Name));
        page.WaitForAssertion(() => Assert.Contains("No notes yet.", Notes(page), StringComparison.Ordinal));
        var note = Open();
        note.WaitForAssertion(() => Assert.Contains("You may not look", note.Markup, StringComparison.Ordinal));
        Assert.DoesNotContain("short answers", note.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_note_is_written_and_an_unfit_name_keeps_what_was_typed()
    {
        var page = bundle.Render<NotePage>(p => p.Add(n => n.Agent, EchoAgent.Name));
        page.WaitForElement("#note-name").Change("People/Alice");
        page.Find("#note-text").Change("Likes tea.\r\nNo sugar.");
        await page.Find("form").SubmitAsync();
        Assert.Contains("a-z", page.WaitForElement("[data-testid=note-problem]").TextContent, StringComparison.Ordinal);
        Assert.Equal("Likes tea.\nNo sugar.", page.Find("#note-text").GetAttribute("value"));

        page.Find("#note-name").Change(_alice.Name);
        await page.Find("form").SubmitAsync();
        page.WaitForAssertion(() =>
            Assert.EndsWith("/notes/people/alice?ws=default", Address, StringComparison.Ordinal)
        );
        var note = await FindAsync();
        Assert.Equal((1, "Likes tea.\nNo sugar.", "Ana"), (note!.Version, note.Text, note.WrittenBy.Name));
    }

    [Fact]
    public async Task An_edit_of_what_changed_meanwhile_is_refused_and_stays_in_the_field()
    {
        await WriteAsync("one");
        var page = Open();
        page.WaitForElement("[data-testid=edit]").Click();
        page.WaitForElement("#note-text").Change("mine");
        await WriteAsync("theirs");
        bundle.Feed.Publish(LiveTopic.Workspace("default"));
        await page.Find("form").SubmitAsync();

        var problem = page.WaitForElement("[data-testid=note-problem]").TextContent;
        Assert.Contains("version 2", problem, StringComparison.Ordinal);
        Assert.Equal("mine", page.Find("#note-text").GetAttribute("value"));
        Assert.Equal("theirs", (await FindAsync())!.Text);
    }

    [Fact]
    public async Task A_note_is_deleted_and_an_older_version_restored()
    {
        await WriteAsync("first words");
        await WriteAsync("second words");
        var page = Open();
        page.WaitForElement("[data-testid=delete]").Click();
        page.WaitForAssertion(() =>
            Assert.Contains("Deleted with this version", page.Markup, StringComparison.Ordinal)
        );
        Assert.True((await FindAsync())!.Deleted);

        var old = Open(version: 1);
        old.WaitForElement("[data-testid=restore]").Click();
        old.WaitForAssertion(() => Assert.EndsWith("?ws=default", Address, StringComparison.Ordinal));
        var note = await FindAsync();
        Assert.Equal((4, "first words"), (note!.Version, note.Text));
    }

    [Fact]
    public async Task A_viewer_reads_and_is_told_why_no_more()
    {
        await WriteAsync("one");
        bundle.Role = Role.Viewer;
        var page = Open();
        var edit = page.WaitForElement("[data-testid=edit]");
        Assert.Equal("Needs the Operator role", edit.GetAttribute("title"));
        edit.Click();
        Assert.Empty(page.FindAll("#note-text"));
        var made = bundle.Render<NotePage>(p => p.Add(n => n.Agent, EchoAgent.Name));
        made.WaitForAssertion(() => Assert.Contains("You may not", made.Markup, StringComparison.Ordinal));
    }

    private string Address => bundle.Services.GetRequiredService<NavigationManager>().Uri;

    private static string Notes(IRenderedComponent<AgentPage> page) =>
        page.Find("[data-testid=agent-notes]").TextContent;

    private IRenderedComponent<NotePage> Open(int? version = null)
    {
        bundle
            .Services.GetRequiredService<NavigationManager>()
            .NavigateTo(NotePage.Address(EchoAgent.Name, "default", _alice.Name, version));
        return bundle.Render<NotePage>(p => p.Add(n => n.Agent, EchoAgent.Name).Add(n => n.Name, _alice.Name));
    }

    private Task<NoteVersion?> FindAsync() =>
        bundle.Services.GetRequiredService<NoteQueries>().FindAsync(_alice, null, Now);

    private async Task WriteAsync(string text)
    {
        var write = new NoteWrite(Guid.CreateVersion7(), _alice, text, Author.Agent(EchoAgent.Name));
        var result = await bundle
            .Services.GetRequiredService<NoteCommands>()
            .ApplyAsync(write, bundle.Caller.Actor, Now);
        Assert.Equal(NoteOutcome.Written, result.Outcome);
    }
}
