using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AgentControl.Web.Tests.Fixtures;

namespace AgentControl.Web.Tests.Rest;

/// <summary>A corpus of nasty strings through every field: each is taken or refused, none is a 500, and what is taken comes back.</summary>
public sealed class NastyTextTests(ProgramFixture program) : IClassFixture<ProgramFixture>
{
    public static TheoryData<string> Corpus =>
        [
            "plain",
            "",
            " ",
            "'; DROP TABLE jobs; --",
            "%",
            "_",
            "\\",
            "100%_\\",
            "\"quoted\"",
            "<script>alert(1)</script>",
            "a\u0000b",
            "\u0001\u001f\u007f",
            "tab\tnew\nline\r\n",
            "\u202Eright to left",
            "\u200B\uFEFF",
            "e\u0301",
            "👩‍👩‍👧‍👦",
            "𝔘𝔫𝔦",
            "ﷺ",
            "İıẞß",
            "{{7*7}}",
            "${jndi:ldap://x}",
            "../../etc/passwd",
            "$1",
            "null",
            "NaN",
            "-0",
            "1e999",
            new string('x', 5_000),
            "\uFFFD\uFFFF",
        ];

    [Theory]
    [MemberData(nameof(Corpus))]
    public async Task Text_in_any_field_breaks_nothing(string text)
    {
        using var named = await program.Admin.PostAsJsonAsync(
            "jobs",
            new
            {
                agent = "synthetic",
                name = text,
                runAt = "2099-01-01T00:00:00Z",
            }
        );
        using var tagged = await program.Admin.PostAsJsonAsync(
            "jobs",
            new
            {
                agent = "synthetic",
                tags = new[] { text },
                runAt = "2099-01-01T00:00:00Z",
            }
        );
        using var other = await program.Admin.PostAsJsonAsync(
            "jobs",
            new
            {
                agent = text,
                queue = text,
                workspace = text,
                concurrencyKey = text,
            }
        );
        var job = (await program.SubmitAsync(new { agent = "synthetic", runAt = "2099-01-01T00:00:00Z" })).Text("id")!;
        var query = Uri.EscapeDataString(text);
        HttpResponseMessage[] answers =
        [
            named,
            tagged,
            other,
            await program.Admin.GetAsync(new Uri($"jobs?q={query}", UriKind.Relative)),
            await program.Admin.GetAsync(
                new Uri(
                    $"jobs?agent={query}&queue={query}&tag={query}&workspace={query}&search={query}",
                    UriKind.Relative
                )
            ),
            await program.Admin.GetAsync(new Uri($"jobs/{job}/events?type={query}&q={query}", UriKind.Relative)),
            await program.Admin.PostAsJsonAsync($"jobs/{job}/comments", new { body = text }),
            await program.Admin.PostAsJsonAsync(
                $"jobs/{job}/signals/{(query.Length is 0 or > 150 || query.Contains("%00", StringComparison.Ordinal) ? "x" : query)}",
                text
            ),
            await program.Admin.PutAsJsonAsync($"jobs/{job}/checkpoints/nasty", text),
            await program.Admin.PostAsJsonAsync($"jobs/{job}/cancel", new { reason = text }),
        ];

        foreach (var answer in answers)
        {
            Assert.True(
                (int)answer.StatusCode < 500,
                $"{answer.RequestMessage!.Method} {answer.RequestMessage.RequestUri}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync()}"
            );
            if (answer.StatusCode == HttpStatusCode.BadRequest)
                await answer.ProblemAsync(HttpStatusCode.BadRequest, "invalid");
        }
        if (named.StatusCode == HttpStatusCode.Created)
            Assert.Equal(text, (await named.Content.ReadFromJsonAsync<JsonElement>()).Text("name"));
        Assert.Equal(
            text,
            JsonElement
                .Parse(await program.Admin.GetStringAsync(new Uri($"jobs/{job}/checkpoints/nasty", UriKind.Relative)))
                .GetString()
        );
        foreach (var answer in answers)
            answer.Dispose();
    }
}
