using System.IO.Pipelines;
using System.Text;
using AgentControl.Web.Live;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace AgentControl.Web.Tests.Live;

public sealed class LiveClientTests
{
    private readonly FakeTimeProvider time = new();

    [Fact]
    public async Task A_client_that_reads_nothing_is_bounded_and_then_told_to_read_the_log()
    {
        var connection = new SlowConnection();
        var client = new LiveClient(connection.Hub, null, time);
        var large = LiveMessage.Of("jobEvent", new { Text = new string('x', 200_000) });

        for (var i = 0; i < 200; i++)
            client.Send(large);
        var messages = await connection.ReadUntilAsync("readAgain");

        Assert.InRange(messages.Count, 2, 25);
        Assert.Equal("readAgain", messages[^1]);
        client.Send(LiveMessage.Of("jobChanged", new { Id = 1 }));
        Assert.Equal(["jobChanged"], await connection.ReadUntilAsync("jobChanged"));
    }

    [Fact]
    public void A_client_that_takes_nothing_for_long_is_ended()
    {
        var connection = new SlowConnection();
        var client = new LiveClient(connection.Hub, null, time);
        client.Send(LiveMessage.Of("jobEvent", new { Text = new string('x', 200_000) }));

        time.Advance(TimeSpan.FromSeconds(29));
        client.EndIfStuck();
        Assert.False(connection.Hub.ConnectionAborted.IsCancellationRequested);
        time.Advance(TimeSpan.FromSeconds(2));
        client.EndIfStuck();

        Assert.True(connection.Aborted.Wait(TimeSpan.FromSeconds(30)), "The connection still stands.");
    }

    /// <summary>A connection whose other end reads only when a test says so.</summary>
    private sealed class SlowConnection
    {
        private readonly Pipe toClient = new(
            new PipeOptions(pauseWriterThreshold: 64 * 1024, resumeWriterThreshold: 32 * 1024)
        );
        private readonly StringBuilder unread = new();

        public SlowConnection()
        {
            var context = new DefaultConnectionContext("slow")
            {
                Transport = new Duplex(new Pipe().Reader, toClient.Writer),
            };
            Hub = new HubConnectionContext(
                context,
                new HubConnectionContextOptions
                {
                    KeepAliveInterval = TimeSpan.FromSeconds(15),
                    ClientTimeoutInterval = TimeSpan.FromSeconds(30),
                },
                NullLoggerFactory.Instance
            )
            {
                Protocol = new LiveProtocol(Options.Create(new JsonHubProtocolOptions())),
            };
            Hub.ConnectionAborted.Register(Aborted.Set);
        }

        public HubConnectionContext Hub { get; }

        public ManualResetEventSlim Aborted { get; } = new();

        /// <summary>Targets of the messages up to and with this one.</summary>
        public async Task<List<string>> ReadUntilAsync(string target)
        {
            var targets = new List<string>();
            while (true)
            {
                var text = unread.ToString();
                var end = text.IndexOf('\u001e', StringComparison.Ordinal);
                if (end >= 0)
                {
                    unread.Remove(0, end + 1);
                    targets.Add(System.Text.Json.JsonElement.Parse(text[..end]).GetProperty("target").GetString()!);
                    if (targets[^1] == target)
                        return targets;
                    continue;
                }
                var read = await toClient.Reader.ReadAsync();
                foreach (var part in read.Buffer)
                    unread.Append(Encoding.UTF8.GetString(part.Span));
                toClient.Reader.AdvanceTo(read.Buffer.End);
            }
        }

        private sealed class Duplex(PipeReader input, PipeWriter output) : IDuplexPipe
        {
            public PipeReader Input => input;

            public PipeWriter Output => output;
        }
    }
}
