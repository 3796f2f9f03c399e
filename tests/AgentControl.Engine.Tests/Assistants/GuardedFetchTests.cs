using System.Collections.Concurrent;
using System.Net;
using AgentControl.Agents.Web;
using AgentControl.Core.Agents;
using AgentControl.Core.Services;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AgentControl.Engine.Tests.Assistants;

/// <summary>What a site on this machine must never see of a guarded fetch, and what one that is allowed gives.</summary>
public sealed class GuardedFetchTests : IAsyncLifetime
{
    private readonly ConcurrentQueue<string> seen = new();
    private WebApplication site = null!;
    private int port;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        site = builder.Build();
        site.Run(AnswerAsync);
        await site.StartAsync(Now);
        port = new Uri(
            site.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()
        ).Port;
    }

    public async ValueTask DisposeAsync() => await site.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        seen.Enqueue($"{context.Request.Host.Host}{path}");
        switch (path)
        {
            case "/page":
                context.Response.ContentType = "text/html; charset=utf-8";
                await context.Response.WriteAsync("<h1>Grüße</h1><script>no</script><p>text</p>");
                break;
            case "/loop":
                context.Response.Redirect("/loop");
                break;
            case "/in":
                context.Response.Redirect($"http://127.0.0.1:{port}/secret");
                break;
            case "/metadata":
                context.Response.Redirect("http://169.254.169.254/latest/meta-data/");
                break;
            case "/file":
                context.Response.Headers.Location = "file:///etc/passwd";
                context.Response.StatusCode = 302;
                break;
            case "/on":
                context.Response.Redirect("/page");
                break;
            case "/big":
                context.Response.ContentType = "text/plain";
                var block = new byte[64 * 1024];
                Array.Fill(block, (byte)'x');
                for (var i = 0; i < 64 && !context.RequestAborted.IsCancellationRequested; i++)
                    await context.Response.Body.WriteAsync(block, context.RequestAborted);
                break;
            case "/old":
                context.Response.ContentType = "text/plain; charset=utf-7";
                await context.Response.WriteAsync("old words");
                break;
            case "/false":
                context.Response.ContentType = "text/plain";
                context.Response.Headers.ContentEncoding = "gzip";
                await context.Response.WriteAsync("no gzip at all");
                break;
            case "/busy":
                context.Response.StatusCode = 503;
                context.Response.Headers.RetryAfter = "7";
                break;
            default:
                context.Response.StatusCode = 404;
                break;
        }
    }

    [Theory]
    [InlineData("http://127.0.0.1:{0}/page")]
    [InlineData("http://localhost:{0}/page")]
    [InlineData("http://0x7f.1:{0}/page")]
    [InlineData("http://2130706433:{0}/page")]
    [InlineData("http://0177.0.0.1:{0}/page")]
    [InlineData("http://127.1:{0}/page")]
    [InlineData("http://0.0.0.0:{0}/page")]
    [InlineData("http://[::1]:{0}/page")]
    [InlineData("http://[::ffff:127.0.0.1]:{0}/page")]
    [InlineData("http://[::ffff:7f00:1]:{0}/page")]
    [InlineData("http://[64:ff9b::7f00:1]:{0}/page")]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("http://[fd00:ec2::254]/latest/meta-data/")]
    [InlineData("http://10.0.0.1/")]
    public async Task This_machine_and_its_network_are_not_reached(string url)
    {
        using var fetch = new GuardedFetch();
        var page = await fetch.GetAsync(new Uri(string.Format(null, url, port)), Now);
        Assert.NotNull(page.Problem);
        Assert.Empty(seen);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("8.8.8.8 127.0.0.1")]
    [InlineData("127.0.0.1 8.8.8.8")]
    [InlineData("::ffff:127.0.0.1")]
    public async Task A_public_name_that_stands_for_a_private_address_is_not_reached(string addresses)
    {
        using var fetch = new GuardedFetch(
            resolve: (_, _) => Task.FromResult(addresses.Split(' ').Select(IPAddress.Parse).ToArray())
        );
        Assert.NotNull((await fetch.GetAsync(new Uri($"http://innocent.example:{port}/page"), Now)).Problem);
        Assert.Empty(seen);
    }

    [Fact]
    public async Task The_address_that_was_checked_is_the_one_that_is_reached()
    {
        var asked = 0;
        // A resolver that says something harmless first and this machine then.
        using var fetch = new GuardedFetch(
            resolve: (_, _) =>
                Task.FromResult(
                    new[] { IPAddress.Parse(Interlocked.Increment(ref asked) == 1 ? "192.0.2.1" : "127.0.0.1") }
                )
        );
        Assert.NotNull((await fetch.GetAsync(new Uri($"http://rebind.example:{port}/page"), Now)).Problem);
        Assert.Equal(1, asked);
        Assert.Empty(seen);
    }

    [Theory]
    [InlineData("/in")]
    [InlineData("/metadata")]
    [InlineData("/file")]
    [InlineData("/loop")]
    public async Task A_redirect_is_checked_like_the_first_request(string path)
    {
        using var fetch = House();
        var page = await fetch.GetAsync(new Uri($"http://house.test:{port}{path}"), Now);
        Assert.NotNull(page.Problem);
        Assert.DoesNotContain(seen, line => line.EndsWith("/secret", StringComparison.Ordinal));
        Assert.All(seen, line => Assert.Equal("house.test" + path, line));
        Assert.InRange(seen.Count, 1, GuardedFetch.MaxHops + 1);
    }

    [Fact]
    public async Task A_host_that_may_be_private_is_read_and_its_redirects_are_followed()
    {
        using var fetch = House();
        var page = await fetch.GetAsync(new Uri($"http://house.test:{port}/on"), Now);
        Assert.Equal((200, "text/html", "Grüße\ntext"), (page.Status, page.ContentType, page.Text));
        Assert.EndsWith("/page", page.Url, StringComparison.Ordinal);
        Assert.Equal(404, (await fetch.GetAsync(new Uri($"http://house.test:{port}/none"), Now)).Status);
        // The permission is the name's, not the address's.
        Assert.NotNull((await fetch.GetAsync(new Uri($"http://127.0.0.1:{port}/page"), Now)).Problem);
    }

    [Fact]
    public async Task A_long_page_is_cut()
    {
        using var fetch = House();
        var page = await fetch.GetAsync(new Uri($"http://house.test:{port}/big"), Now);
        Assert.Equal((GuardedFetch.MaxBytes, false), (page.Bytes, page.Whole));
    }

    [Fact]
    public async Task What_a_site_says_wrongly_of_its_page_is_an_answer_and_not_tried_again()
    {
        using var fetch = House();
        Assert.Equal("old words", (await fetch.GetAsync(new Uri($"http://house.test:{port}/old"), Now)).Text);
        var page = await fetch.GetAsync(new Uri($"http://house.test:{port}/false"), Now);
        Assert.Contains("compressed", page.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_may_pass_is_left_to_the_policy_of_the_step()
    {
        using var fetch = House();
        var busy = await Assert.ThrowsAsync<ServiceException>(() =>
            fetch.GetAsync(new Uri($"http://house.test:{port}/busy"), Now)
        );
        Assert.Equal((503, TimeSpan.FromSeconds(7)), (busy.Fault.Status, busy.Fault.RetryAfter));
        await Assert.ThrowsAsync<HttpRequestException>(() => fetch.GetAsync(new Uri("http://house.test:1/"), Now));
    }

    [Theory]
    [InlineData("http://127.0.0.1:{0}/page", false)]
    [InlineData("http://house.test:{0}/page", true)]
    [InlineData("http://house.test:{0}/in", true)]
    public async Task A_host_that_is_refused_was_not_called(string url, bool called)
    {
        using var fetch = House();
        var told = false;
        var call = new StepCall("id", "fetch#1", 1, Now) { NotCalled = () => told = true };
        await fetch.GetAsync(new Uri(string.Format(null, url, port)), call);
        Assert.Equal(called, !told);
    }

    private static GuardedFetch House() => new(["house.test"], (_, _) => Task.FromResult(new[] { IPAddress.Loopback }));
}
