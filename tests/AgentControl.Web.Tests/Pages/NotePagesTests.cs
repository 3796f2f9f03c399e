using AgentControl.Engine.Access;
using AgentControl.Engine.Notes;
using AgentControl.Engine.Workspaces;
using AgentControl.TestKit;
using AgentControl.Web.Agents;
using AgentControl.Web.Notes;
using AgentControl.Web.Shared;
using AgentControl.Web.Tests.Fixtures;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;

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
    public async Task A_new_note_is_shown_once_it_is_written()
    {
        var page = bundle.Render<NotePage>(p => p.Add(n => n.Agent, EchoAgent.Name));
        page.WaitForElement("#note-name").Change(_alice.Name);
        page.Find("#note-text").Change("Likes tea.");
        await page.Find("form").SubmitAsync();
        page.WaitForAssertion(() =>
            Assert.EndsWith("/notes/people/alice?ws=default", Address, StringComparison.Ordinal)
        );

        // The address is another one of the same page.
        page.Render(p => p.Add(n => n.Agent, EchoAgent.Name).Add(n => n.Name, _alice.Name));
        Assert.Contains("Likes tea.", page.WaitForElement("[data-testid=note]").TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("form"));
    }

    [Theory]
    [InlineData("nope", "default", "There is no agent nope.")]
    [InlineData(EchoAgent.Name, "ghost", "There is no workspace ghost.")]
    public async Task A_note_of_nobody_or_nowhere_is_not_begun(string agent, string workspace, string why)
    {
        Navigation.NavigateTo(NotePage.AddressOfNew(agent, workspace));
        var page = bundle.Render<NotePage>(p => p.Add(n => n.Agent, agent));
        page.WaitForAssertion(() => Assert.Contains(why, page.Markup, StringComparison.Ordinal));
        Assert.Empty(page.FindAll("form"));
        var desk = bundle.Services.GetRequiredService<NoteDesk>();
        Assert.StartsWith(why, await desk.NowhereAsync(workspace, agent, Now), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("99999999999")]
    public async Task A_version_that_is_no_number_is_none(string version)
    {
        await WriteAsync("one");
        Navigation.NavigateTo(NotePage.Address(EchoAgent.Name, "default", _alice.Name) + "&v=" + version);
        var page = bundle.Render<NotePage>(p => p.Add(n => n.Agent, EchoAgent.Name).Add(n => n.Name, _alice.Name));
        page.WaitForAssertion(() => Assert.Contains("There is no such version", page.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_does_not_leave_keeps_what_was_typed()
    {
        await WriteAsync("one");
        var (page, dialogs) = Typed("mine");
        Navigation.NavigateTo("/agents");
        dialogs.WaitForElement(".ac-btn:not(.ac-btn--danger-main)").Click();
        dialogs.WaitForState(() => dialogs.FindAll(".ac-btn").Count == 0);
        Assert.EndsWith("?ws=default", Address, StringComparison.Ordinal);
        Assert.Equal("mine", page.Find("#note-text").GetAttribute("value"));
    }

    [Fact]
    public async Task Who_leaves_what_is_not_saved_is_asked_first()
    {
        await WriteAsync("one");
        var (_, dialogs) = Typed("mine");
        Navigation.NavigateTo("/agents");
        dialogs.WaitForElement(".ac-btn--danger-main").Click();
        await Navigation.ArrivesAsync("/agents");
    }

    private (IRenderedComponent<NotePage> Page, IRenderedComponent<MudDialogProvider> Dialogs) Typed(string text)
    {
        var dialogs = bundle.Render<MudDialogProvider>();
        var page = Open();
        page.WaitForElement("[data-testid=edit]").Click();
        page.WaitForElement("#note-text").Change(text);
        return (page, dialogs);
    }

    [Fact]
    public async Task Leaving_what_was_not_changed_does_not_ask()
    {
        await WriteAsync("one");
        var page = Open();
        page.WaitForElement("[data-testid=edit]").Click();
        page.WaitForElement("#note-text");
        Navigation.NavigateTo("/agents");
        await Navigation.ArrivesAsync("/agents");
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
        var stands = page.Find("[data-testid=stands]");
        Assert.Equal(
            (NotePage.Address(EchoAgent.Name, "default", _alice.Name), "_blank"),
            (stands.GetAttribute("href"), stands.GetAttribute("target"))
        );

        var over = page.Find("[data-testid=save-over]");
        Assert.Equal("Save over version 2", over.TextContent);
        await over.ClickAsync(new());
        page.WaitForElement("[data-testid=note]");
        var note = await FindAsync();
        Assert.Equal((3, "mine"), (note!.Version, note.Text));
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
        await Navigation.ArrivesAsync("?ws=default");
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

    private NavigationManager Navigation => bundle.Services.GetRequiredService<NavigationManager>();

    private string Address => Navigation.Uri;

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
