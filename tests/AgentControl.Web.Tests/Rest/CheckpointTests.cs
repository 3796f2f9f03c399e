using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AgentControl.Web.Tests.Fixtures;
using static AgentControl.Web.Tests.Fixtures.ProblemReading;

namespace AgentControl.Web.Tests.Rest;

public sealed class CheckpointTests(ProgramFixture program) : IClassFixture<ProgramFixture>
{
    [Fact]
    public async Task A_value_comes_back_as_it_was_saved_and_each_save_is_a_version()
    {
        var job = await JobAsync();
        const string first = """{"page": 1, "text": "Grüße \u0000 \"quoted\""}""";
        using var one = await program.Admin.SendAsync(
            Json(HttpMethod.Put, $"jobs/{job}/checkpoints/docs/cursor", first)
        );
        using var two = await program.Admin.SendAsync(
            Json(HttpMethod.Put, $"jobs/{job}/checkpoints/docs/cursor", "[2]")
        );

        Assert.Equal(HttpStatusCode.OK, one.StatusCode);
        Assert.Equal(HttpStatusCode.OK, two.StatusCode);
        using var newest = await program.Admin.GetAsync(
            new Uri($"jobs/{job}/checkpoints/docs/cursor", UriKind.Relative)
        );
        Assert.Equal("[2]", await newest.Content.ReadAsStringAsync());
        Assert.Equal("2", newest.Headers.GetValues("Checkpoint-Version").Single());
        Assert.Equal(
            first,
            await program.Admin.GetStringAsync(
                new Uri($"jobs/{job}/checkpoints/docs/cursor?version=1", UriKind.Relative)
            )
        );
        var listed = await program.Admin.GetFromJsonAsync<JsonElement>($"jobs/{job}/checkpoints?key=docs/cursor");
        Assert.Equal([2, 1], listed.Items().Select(c => c.GetProperty("version").GetInt32()));
    }

    [Fact]
    public async Task A_value_over_1_MiB_is_413_and_one_of_1_MiB_is_taken()
    {
        var job = await JobAsync();
        using var large = await program.Admin.SendAsync(
            Json(HttpMethod.Put, $"jobs/{job}/checkpoints/big", $"\"{new string('x', 1_048_575)}\"")
        );
        using var fits = await program.Admin.SendAsync(
            Json(HttpMethod.Put, $"jobs/{job}/checkpoints/big", $"\"{new string('x', 1_048_574)}\"")
        );
        using var missing = await program.Admin.GetAsync(new Uri($"jobs/{job}/checkpoints/none", UriKind.Relative));

        await large.ProblemAsync(HttpStatusCode.RequestEntityTooLarge, "tooLarge");
        Assert.Equal(HttpStatusCode.OK, fits.StatusCode);
        await missing.ProblemAsync(HttpStatusCode.NotFound, "notFound");
    }

    [Fact]
    public async Task The_progress_document_names_the_steps()
    {
        var job = (
            await program.SubmitAsync(
                new
                {
                    agent = "synthetic",
                    input = new { steps = 60, payloadBytes = 8 },
                    name = "measured",
                }
            )
        ).Text("id")!;
        await program.WaitForAsync(job, "succeeded");

        var document = await program.Admin.GetFromJsonAsync<JsonElement>($"jobs/{job}/progress");

        string[] fields =
        [
            "jobId",
            "name",
            "agent",
            "state",
            "stage",
            "detail",
            "completed",
            "total",
            "percent",
            "currentStep",
            "completedSteps",
            "startedAt",
            "updatedAt",
            "etaSeconds",
            "anomalies",
            "errors",
            "waitingFor",
        ];
        Assert.All(fields, f => Assert.True(document.TryGetProperty(f, out _), $"The document has no {f}."));
        Assert.Equal(50, document.GetProperty("completedSteps").GetArrayLength());
        Assert.Equal("step#60", document.GetProperty("completedSteps")[49].Text("key"));
        Assert.Equal(100, document.GetProperty("percent").GetInt32());
    }

    private async Task<string> JobAsync() =>
        (await program.SubmitAsync(new { agent = "synthetic", runAt = "2099-01-01T00:00:00Z" })).Text("id")!;
}
