using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using AgentControl.Engine.Tests.Fixtures;
using AgentControl.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AgentControl.Engine.Tests.Notifications;

/// <summary>A receiver of webhooks on this machine that checks signatures and does as it is told.</summary>
public sealed class WebhookReceiver : IAsyncDisposable
{
    public const string Secret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    public const string OldSecret = "whsec_HxABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4=";
    private readonly ConcurrentQueue<(string Path, string Id, string Body)> got = new();
    private readonly ConcurrentDictionary<string, Func<HttpContext, int, Task>> scripts = new();
    private readonly WebApplication app;

    private WebhookReceiver(WebApplication app) => this.app = app;

    public string Address => app.Urls.First();

    public static async Task<WebhookReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var receiver = new WebhookReceiver(builder.Build());
        receiver.app.Run(receiver.TakeAsync);
        await receiver.app.StartAsync();
        return receiver;
    }

    /// <summary>What it does on a path; the number counts calls from 1.</summary>
    public void On(string path, Func<HttpContext, int, Task> script) => scripts[path] = script;

    public IReadOnlyList<(string Path, string Id, string Body)> On(string path) => [.. got.Where(g => g.Path == path)];

    private async Task TakeAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var body = await reader.ReadToEndAsync();
        var path = context.Request.Path.Value!;
        if (path.StartsWith("/signed", StringComparison.Ordinal))
            Verify(context.Request.Headers, body);
        got.Enqueue((path, context.Request.Headers["webhook-id"].ToString(), body));
        if (scripts.TryGetValue(path, out var script))
            await script(context, On(path).Count);
    }

    /// <summary>A receiver with either secret; the package looks at the first signature alone.</summary>
    private static void Verify(IHeaderDictionary headers, string body)
    {
        var signatures = headers["webhook-signature"].ToString().Split(' ');
        Assert.Equal(2, signatures.Length);
        foreach (var (secret, signature) in new[] { Secret, OldSecret }.Zip(signatures))
        {
            headers["webhook-signature"] = signature;
            new StandardWebhooks.StandardWebhook(secret).Verify(body, headers);
        }
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}

/// <summary>An engine whose channels lead to a receiver and to an SMTP server of this machine.</summary>
public sealed class NotificationWorld(PostgresFixture postgres) : SharedEngine(postgres), IAsyncLifetime
{
    public WebhookReceiver Receiver { get; private set; } = null!;

    public Mailbox Mail { get; private set; } = null!;

    protected override Dictionary<string, string?> Settings
    {
        get
        {
            var settings = new Dictionary<string, string?>(base.Settings)
            {
                ["AgentControl:PublicUrl"] = "https://control.example.org/",
            };
            void Channel(string name, params (string Key, string Value)[] values)
            {
                foreach (var (key, value) in values)
                    settings[$"AgentControl:Notifications:Channels:{name}:{key}"] = value;
            }
            foreach (var name in new[] { "signed", "flaky", "hangs", "moved", "gone", "twice" })
                Channel(
                    name,
                    ("type", "webhook"),
                    ("url", $"{Receiver.Address}/{name}"),
                    ("secret", WebhookReceiver.Secret),
                    ("previousSecret", WebhookReceiver.OldSecret),
                    ("allowPrivate", "true"),
                    ("tags", name)
                );
            Channel(
                "guarded",
                ("type", "webhook"),
                ("url", $"{Receiver.Address}/guarded"),
                ("secret", WebhookReceiver.Secret),
                ("tags", "guarded")
            );
            Channel(
                "chat",
                ("type", "slack"),
                ("webhookUrl", $"{Receiver.Address}/chat"),
                ("allowPrivate", "true"),
                ("tags", "chat")
            );
            Channel(
                "mail",
                ("type", "email"),
                ("host", "127.0.0.1"),
                ("port", Mail.Port.ToString(CultureInfo.InvariantCulture)),
                ("security", "none"),
                ("from", "control@example.org"),
                ("to", "ops@example.org,owner"),
                ("tags", "mail")
            );
            Channel(
                "asks",
                ("type", "email"),
                ("host", "127.0.0.1"),
                ("port", Mail.Port.ToString(CultureInfo.InvariantCulture)),
                ("security", "none"),
                ("from", "control@example.org"),
                ("to", "approvers"),
                ("on", "needsPerson"),
                ("tags", "asks")
            );
            Channel(
                "owners",
                ("type", "email"),
                ("host", "127.0.0.1"),
                ("port", Mail.Port.ToString(CultureInfo.InvariantCulture)),
                ("security", "none"),
                ("from", "control@example.org"),
                ("to", "owner"),
                ("on", "completed"),
                ("tags", "owners")
            );
            return settings;
        }
    }

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        Receiver = await WebhookReceiver.StartAsync();
        Mail = Mailbox.Start();
        await InitializeAsync();
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        await DisposeAsync();
        await Mail.DisposeAsync();
        await Receiver.DisposeAsync();
    }
}
