using System.Net;
using System.Net.Sockets;
using System.Text;
using AgentControl.Core.Agents;
using AgentControl.Core.Networks;
using AgentControl.Core.Services;

namespace AgentControl.Agents.Web;

/// <summary>
/// Reads pages of the public internet and nothing else. Each address that a name stands for is checked, and the connection goes to the very address that was
/// checked, for every hop of a redirect anew. One instance serves the whole process.
/// </summary>
public sealed class GuardedFetch : IDisposable
{
    /// <summary>Most bytes that are read of a page, behind its compression.</summary>
    public const int MaxBytes = 2 * 1024 * 1024;

    /// <summary>Most redirects of one page.</summary>
    public const int MaxHops = 5;

    /// <summary>The service whose policy holds for a page: each host has a circuit of its own, so that where one is down the others are still read.</summary>
    public static string ServiceOf(Uri url)
    {
        ArgumentNullException.ThrowIfNull(url);
        return $"fetch@{url.IdnHost}";
    }

    private static readonly TimeSpan ConnectWithin = TimeSpan.FromSeconds(10);
    private readonly HashSet<string> privateHosts;
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> resolve;
    private readonly HttpClient http;

    /// <param name="privateHosts">Names of hosts that may be private, such as a wiki of the house.</param>
    /// <param name="resolve">Finds the addresses of a name; the system's resolver where null.</param>
    public GuardedFetch(
        IEnumerable<string>? privateHosts = null,
        Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null
    )
    {
        this.privateHosts = new(privateHosts ?? [], StringComparer.OrdinalIgnoreCase);
        this.resolve = resolve ?? Dns.GetHostAddressesAsync;
        http = new HttpClient(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                // A proxy would connect in our place, to addresses that nobody checked.
                UseProxy = false,
                AutomaticDecompression = DecompressionMethods.All,
                PooledConnectionLifetime = TimeSpan.FromMinutes(2),
                ConnectTimeout = ConnectWithin,
                MaxResponseHeadersLength = 64,
                ConnectCallback = ConnectAsync,
            }
        )
        {
            // The step around a call knows its limit.
            Timeout = Timeout.InfiniteTimeSpan,
        };
        http.DefaultRequestHeaders.UserAgent.ParseAdd("AgentControl/1.0");
        http.DefaultRequestHeaders.Accept.ParseAdd("text/html, text/*;q=0.9, application/json;q=0.9, */*;q=0.1");
    }

    /// <summary>Why a URL cannot be fetched whatever its host; null where it can. Says nothing about the address behind the name.</summary>
    public static string? Problem(string? text, out Uri? url)
    {
        url = null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var read))
            return "This is no absolute URL. Write https://host/path.";
        if (read.Scheme != Uri.UriSchemeHttp && read.Scheme != Uri.UriSchemeHttps)
            return $"'{read.Scheme}' is not fetched. Only http and https are.";
        if (read.UserInfo.Length > 0)
            return "A URL with a user name or password in it is not fetched.";
        if (read.IdnHost.Length == 0)
            return "The URL names no host.";
        url = read;
        return null;
    }

    /// <summary>Reads the page in a step. A host that is not called becomes no service.</summary>
    /// <inheritdoc cref="GetAsync(Uri, CancellationToken)"/>
    public async Task<FetchedPage> GetAsync(Uri url, StepCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        var page = await GetAsync(url, call.CancellationToken);
        if (!page.Asked)
            call.NotCalled();
        return page;
    }

    /// <summary>Reads one page. What the site says for good is an answer; what may pass is thrown, for the step's policy to try again.</summary>
    /// <exception cref="ServiceException">Overload, a gateway's failure or a rate limit.</exception>
    /// <exception cref="HttpRequestException">The site could not be reached.</exception>
    public async Task<FetchedPage> GetAsync(Uri url, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(url);
        for (var hop = 0; hop <= MaxHops; hop++)
        {
            if (Problem(url.AbsoluteUri, out _) is { } wrong)
                return FetchedPage.Refused(url, wrong) with { Asked = hop > 0 };
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            using var answer = await SendAsync(request, cancellationToken);
            if (answer is null)
                return FetchedPage.Refused(
                    url,
                    $"'{url.Host}' is no host of the public internet, or there is none."
                ) with
                {
                    Asked = hop > 0,
                };
            if (Next(url, answer) is not { } next)
                return await ReadAsync(url, answer, cancellationToken);
            if (url.Scheme == Uri.UriSchemeHttps && next.Scheme == Uri.UriSchemeHttp)
                return FetchedPage.Refused(url, "It redirects from https to http, which is not followed.");
            url = next;
        }
        return FetchedPage.Refused(url, $"It redirects more than {MaxHops} times.");
    }

    public void Dispose() => http.Dispose();

    /// <summary>Null where the host may not be reached or does not exist.</summary>
    private async Task<HttpResponseMessage?> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException problem) when (Closed(problem))
        {
            return null;
        }
    }

    private static bool Closed(Exception? problem)
    {
        for (; problem is not null; problem = problem.InnerException)
        {
            if (
                problem
                is ClosedAddressException
                    or SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData }
            )
                return true;
        }
        return false;
    }

    private static Uri? Next(Uri from, HttpResponseMessage answer) =>
        (int)answer.StatusCode is 301 or 302 or 303 or 307 or 308 && answer.Headers.Location is { } to
            ? new Uri(from, to)
            : null;

    private static async Task<FetchedPage> ReadAsync(
        Uri url,
        HttpResponseMessage answer,
        CancellationToken cancellationToken
    )
    {
        var status = (int)answer.StatusCode;
        if (status is 408 or 429 or 500 or 502 or 503 or 504 or 529)
            throw Passing(url, answer, status);
        var type = answer.Content.Headers.ContentType;
        var media = type?.MediaType ?? "application/octet-stream";
        try
        {
            var (bytes, whole) = await TakeAsync(answer.Content, cancellationToken);
            var text = PageText.Of(bytes, media, type?.CharSet);
            return new(url.AbsoluteUri, status, media, bytes.Length, whole, text, null);
        }
        catch (InvalidDataException)
        {
            return FetchedPage.Refused(url, "What it sends is not compressed as it says.");
        }
    }

    private static ServiceException Passing(Uri url, HttpResponseMessage answer, int status)
    {
        var (_, after) = RetryHeaders.Read(
            name => answer.Headers.TryGetValues(name, out var values) ? string.Join(',', values) : null,
            answer.Headers.Date ?? DateTimeOffset.UnixEpoch
        );
        var fault = new ServiceFault
        {
            Status = status,
            RetryAfter = answer.Headers.Date is null && answer.Headers.RetryAfter?.Date is not null ? null : after,
        };
        return new ServiceException(fault.Describe(url.Host), fault);
    }

    private static async Task<(byte[] Bytes, bool Whole)> TakeAsync(
        HttpContent content,
        CancellationToken cancellationToken
    )
    {
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        using var taken = new MemoryStream();
        var buffer = new byte[32 * 1024];
        while (true)
        {
            var read = await stream.ReadAsync(buffer, cancellationToken);
            if (read == 0)
                return (taken.ToArray(), true);
            var room = MaxBytes - (int)taken.Length;
            taken.Write(buffer, 0, Math.Min(read, room));
            if (read > room)
                return (taken.ToArray(), false);
        }
    }

    private async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context,
        CancellationToken cancellationToken
    )
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await resolve(host, cancellationToken);
        if (addresses.Length == 0)
            throw new SocketException((int)SocketError.HostNotFound);
        // One closed address among several closes the name: which one a later answer gives first is nobody's promise.
        if (!privateHosts.Contains(host) && Array.Exists(addresses, address => !PublicAddress.Is(address)))
            throw new ClosedAddressException();
        SocketException? last = null;
        foreach (var address in addresses)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, port), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException problem)
            {
                socket.Dispose();
                last = problem;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
        throw last!;
    }

    /// <summary>The name stands for an address that is not public.</summary>
    private sealed class ClosedAddressException : Exception;
}

/// <summary>What a site answered.</summary>
/// <param name="Url">Where the page was found, behind its redirects.</param>
/// <param name="Bytes">How many were read.</param>
/// <param name="Whole">False where the page is longer than what is read of one.</param>
/// <param name="Text">Null where the page is no text.</param>
/// <param name="Problem">Why there is no page; null where the site answered.</param>
public sealed record FetchedPage(
    string Url,
    int Status,
    string ContentType,
    int Bytes,
    bool Whole,
    string? Text,
    string? Problem
)
{
    /// <summary>False where the site that was named was not asked for anything: its host is none that is fetched from, or does not exist.</summary>
    public bool Asked { get; init; } = true;

    public static FetchedPage Refused(Uri url, string why)
    {
        ArgumentNullException.ThrowIfNull(url);
        return new(url.AbsoluteUri, 0, "", 0, true, null, why);
    }
}
