using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Threading.Channels;
using AgentControl.Browser.Tests.Checks;

namespace AgentControl.Browser.Tests.Programs;

/// <summary>The program itself is killed again and again, and its PostgreSQL too, while clients submit over HTTP.</summary>
[Collection(ProgramsCollection.Name)]
public sealed class KillLoopTests
{
    private const string Key = "ac_kill-loop-0123456789abcdef0123456789abcdef";
    private const int Clients = 4;

    private static readonly Dictionary<string, string> _settings = new() { ["AgentControl:Bootstrap:ApiKey"] = Key };

    [Fact]
    public async Task What_was_acknowledged_over_HTTP_is_there_once_and_ends_whatever_dies()
    {
        await using var installation = new Installation(_settings);
        var acknowledged = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        await installation.StartAsync();
        for (var round = 1; round <= 4; round++)
        {
            var told = Channel.CreateUnbounded<string>();
            var clients = Enumerable
                .Range(0, Clients)
                .Select(c => SubmitUntilDeathAsync(installation.Url, $"{round}.{c}", acknowledged, told.Writer))
                .ToArray();
            // A few answers on their way in each round: the next ones are cut off in every place there is.
            for (var heard = 0; heard < 3 * round; heard++)
                await told.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromMinutes(1));
            if (round % 2 == 0)
                await installation.KillDatabaseAsync();
            await installation.Program.KillAsync();
            await Task.WhenAll(clients);
            await installation.StartAsync();
        }
        using var client = Client(installation.Url);
        foreach (var (key, id) in acknowledged)
        {
            await SucceedsAsync(client, id);
            Assert.Equal(id, await SubmitAsync(client, key));
        }
        Assert.Equal(
            await installation.ReadAsync<long>("SELECT count(DISTINCT name) FROM jobs"),
            await installation.ReadAsync<long>("SELECT count(*) FROM jobs")
        );
        await installation.Program.StopAsync();
        Assert.Equal((0, ""), await installation.VerifyAsync());
    }

    private static HttpClient Client(string url) =>
        new()
        {
            BaseAddress = new Uri(url + "/api/v1/"),
            DefaultRequestHeaders = { Authorization = new("Bearer", Key) },
            Timeout = TimeSpan.FromSeconds(30),
        };

    private static async Task SubmitUntilDeathAsync(
        string url,
        string who,
        ConcurrentDictionary<string, string> acknowledged,
        ChannelWriter<string> told
    )
    {
        using var client = Client(url);
        try
        {
            for (var i = 0; ; i++)
            {
                var key = string.Create(CultureInfo.InvariantCulture, $"{who}.{i}");
                if (await SubmitAsync(client, key) is not { } id)
                    continue;
                acknowledged[key] = id;
                await told.WriteAsync(id);
            }
        }
        catch (Exception gone) when (gone is HttpRequestException or IOException or TaskCanceledException)
        {
            // The program is dead; what it had not acknowledged may be there or not.
        }
    }

    /// <summary>The job's id where it was acknowledged; null where the program said that it could not.</summary>
    private static async Task<string?> SubmitAsync(HttpClient client, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "jobs")
        {
            Content = JsonContent.Create(
                new
                {
                    agent = "synthetic",
                    name = key,
                    input = new { steps = 3, payloadBytes = 16 },
                }
            ),
        };
        request.Headers.Add("Idempotency-Key", key);
        using var answer = await client.SendAsync(request);
        return answer.StatusCode is HttpStatusCode.Created or HttpStatusCode.OK
            ? (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()
            : null;
    }

    private static async Task SucceedsAsync(HttpClient client, string id)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        string? state;
        do state = (await client.GetFromJsonAsync<JsonElement>($"jobs/{id}", patience.Token))
            .GetProperty("state")
            .GetString();
        while (state is "queued" or "running" or "waiting" && await timer.WaitForNextTickAsync(patience.Token));
        Assert.Equal("succeeded", state);
    }
}
