using System.Globalization;
using System.Text;
using System.Text.Json;
using AgentControl.Core.Json;
using AgentControl.Core.Notifications;

namespace AgentControl.Engine.Notifications;

/// <summary>The configured channels, and how each is spoken to.</summary>
internal sealed class NotificationChannels(IReadOnlyList<ChannelSettings> all, string publicUrl, TimeProvider time)
    : IDisposable
{
    private const int LongestAnswer = 400;
    private readonly HttpClient open = GuardedHttp.Make(allowPrivate: false);
    private readonly HttpClient house = GuardedHttp.Make(allowPrivate: true);

    public IReadOnlyList<ChannelSettings> All { get; } = all;

    /// <summary>Where people open the program, without a slash at its end.</summary>
    public string PublicUrl { get; } = publicUrl.TrimEnd('/');

    public DateTimeOffset Now => time.GetUtcNow();

    public ChannelSettings? Find(string name) => All.FirstOrDefault(c => c.Name == name);

    public void Dispose()
    {
        open.Dispose();
        house.Dispose();
    }

    /// <summary>One try, bounded in time. Whatever the receiver does is an outcome.</summary>
    public async Task<SendOutcome> SendAsync(
        ChannelSettings channel,
        NotificationMessage message,
        CancellationToken cancellationToken
    )
    {
        if (channel.Unreadable)
            return new(false, "Its secrets can no longer be read. Enter them again.");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(GuardedHttp.Patience);
        try
        {
            return channel.Type == ChannelReader.Email
                ? await EmailSender.SendAsync(channel, message, limit.Token)
                : await PostAsync(channel, message, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new(false, $"No answer within {GuardedHttp.Patience.TotalSeconds:0} s.");
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            return new(false, Cut(problem.GetBaseException().Message));
        }
    }

    private async Task<SendOutcome> PostAsync(
        ChannelSettings channel,
        NotificationMessage message,
        CancellationToken cancellationToken
    )
    {
        var body =
            channel.Type == ChannelReader.Slack
                ? SlackText.Of(message, channel.SigningKey is not null)
                : WebhookBody(message);
        using var request = new HttpRequestMessage(HttpMethod.Post, channel.Url)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        if (channel.Type == ChannelReader.Webhook)
            Sign(request, channel.Keys, $"msg_{message.Id:n}", body);
        using var answer = await (channel.AllowPrivate ? house : open).SendAsync(
            request,
            HttpCompletionOption.ResponseHeadersRead,
            cancellationToken
        );
        var status = (int)answer.StatusCode;
        var text = await ReadAsync(answer, cancellationToken);
        return new(
            status is >= 200 and < 300,
            $"{status} {answer.ReasonPhrase}{(text.Length == 0 ? "" : ": " + text)}",
            Gone: status == 410
        );
    }

    /// <summary>Answers a press of a button. The caller has looked at the address.</summary>
    public async Task ReplyAsync(ChannelSettings channel, Uri to, string body, CancellationToken cancellationToken)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await (channel.AllowPrivate ? house : open).PostAsync(to, content, cancellationToken);
    }

    private void Sign(HttpRequestMessage request, IReadOnlyList<byte[]> keys, string id, string body)
    {
        var at = time.GetUtcNow().ToUnixTimeSeconds();
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", at.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", WebhookSignature.Sign(keys, id, at, body));
    }

    private static string WebhookBody(NotificationMessage message) =>
        JsonSerializer.Serialize(
            new
            {
                type = message.Kind switch
                {
                    NotificationKind.Digest => "digest",
                    NotificationKind.Mentioned => "comment.mentioned",
                    _ => $"job.{message.Kind}",
                },
                timestamp = message.At,
                data = new
                {
                    id = message.Id,
                    kind = message.Kind,
                    title = message.Title,
                    text = message.Text,
                    link = message.Link,
                    jobId = message.JobId,
                    job = message.Job,
                    agent = message.Agent,
                    workspace = message.Workspace,
                    items = message.Items.Count == 0 ? null : message.Items,
                },
            },
            JournalJson.Options
        );

    private static async Task<string> ReadAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        await using var stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
        var bytes = new byte[LongestAnswer];
        var length = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        return Cut(Encoding.UTF8.GetString(bytes, 0, length).Trim());
    }

    private static string Cut(string text) => Events.Texts.Clean(text, LongestAnswer);
}
