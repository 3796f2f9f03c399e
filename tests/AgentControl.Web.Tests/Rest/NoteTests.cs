using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AgentControl.Engine.Access;
using AgentControl.Web.Tests.Fixtures;

namespace AgentControl.Web.Tests.Rest;

/// <summary>Notes of agents over REST: people read and edit what agents keep.</summary>
public sealed class NoteTests(ProgramFixture program) : IClassFixture<ProgramFixture>
{
    private readonly string name = $"plans/{Guid.NewGuid():n}";

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Written_changed_deleted_and_restored_each_is_a_version()
    {
        using var made = await PutAsync(new { text = "Erste Zeile\nmehr", expectedVersion = 0 });
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        using var changed = await PutAsync(new { text = "Zweite", expectedVersion = 1 });
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        using var gone = await program.Admin.DeleteAsync(new Uri(Path, UriKind.Relative), Now);
        Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
        using var missing = await program.Admin.GetAsync(new Uri(Path, UriKind.Relative), Now);
        await missing.ProblemAsync(HttpStatusCode.NotFound, "note.deleted");

        var old = await program.Admin.GetFromJsonAsync<JsonElement>($"{Escaped}/versions/1", Now);
        Assert.Equal("Erste Zeile\nmehr", old.Text("text"));
        using var back = await PutAsync(new { text = old.Text("text") });
        Assert.Equal(HttpStatusCode.OK, back.StatusCode);
        var versions = await program.Admin.GetFromJsonAsync<JsonElement>($"{Escaped}/versions", Now);
        Assert.Equal([4, 3, 2, 1], versions.Items().Select(v => v.GetProperty("version").GetInt32()));
        var list = await program.Admin.GetFromJsonAsync<JsonElement>("agents/assistant/notes?limit=200", Now);
        Assert.Equal("Erste Zeile", list.Items().Single(n => n.Text("name") == name).Text("firstLine"));
    }

    [Fact]
    public async Task A_stale_edit_answers_with_what_stands()
    {
        using var _ = await PutAsync(new { text = "one" });
        using var __ = await PutAsync(new { text = "two" });
        using var stale = await PutAsync(new { text = "mine", expectedVersion = 1 });
        var problem = await stale.ProblemAsync(HttpStatusCode.Conflict, "note.changed");
        Assert.Equal(2, problem.GetProperty("version").GetInt32());
        Assert.Equal("two", problem.GetProperty("current").Text("text"));
    }

    [Fact]
    public async Task Viewers_read_and_operators_write()
    {
        using var viewer = program.ClientOf(await program.KeyAsync(Role.Viewer));
        using var refused = await viewer.PutAsJsonAsync(Path, new { text = "x" }, Now);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        using var operators = program.ClientOf(await program.KeyAsync(Role.Operator));
        using var written = await operators.PutAsJsonAsync(Path, new { text = "x" }, Now);
        Assert.Equal(HttpStatusCode.Created, written.StatusCode);
        using var read = await viewer.GetAsync(new Uri(Path, UriKind.Relative), Now);
        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        using var elsewhere = program.ClientOf(await program.KeyAsync(Role.Operator, "other"));
        using var hidden = await elsewhere.PutAsJsonAsync(Path, new { text = "y" }, Now);
        Assert.Equal(HttpStatusCode.Forbidden, hidden.StatusCode);
    }

    [Theory]
    [InlineData("""{}""", "text")]
    [InlineData("""{"text":"a\u0000b"}""", "text")]
    [InlineData("""{"text":"x","expectedVersion":-1}""", "expectedVersion")]
    public async Task A_mistake_is_told_by_its_field(string body, string field)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await program.Admin.PutAsync(new Uri(Path, UriKind.Relative), content, Now);
        await answer.FieldAsync(field);
    }

    [Fact]
    public async Task Too_large_ones_and_unfit_names_are_refused()
    {
        using var large = await PutAsync(new { text = new string('a', (64 * 1024) + 1) });
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
        using var named = await program.Admin.PutAsJsonAsync("agents/assistant/notes/Upper", new { text = "x" }, Now);
        await named.FieldAsync("note");
        using var unknown = await program.Admin.PutAsJsonAsync("agents/nobody/notes/a", new { text = "x" }, Now);
        await unknown.ProblemAsync(HttpStatusCode.NotFound, "notFound");
    }

    private string Path => $"agents/assistant/notes/{name}";

    private string Escaped => $"agents/assistant/notes/{Uri.EscapeDataString(name)}";

    private Task<HttpResponseMessage> PutAsync(object body) => program.Admin.PutAsJsonAsync(Path, body, Now);
}
