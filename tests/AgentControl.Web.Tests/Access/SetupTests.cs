using System.Net;
using AgentControl.TestKit;

namespace AgentControl.Web.Tests.Access;

public sealed class SetupTests(PostgresFixture postgres)
{
    private const string Admins = "SELECT count(*) FROM grants WHERE role = 'admin' AND principal_kind = 'person'";

    private static readonly (string, string)[] _maria =
    [
        ("Form.Name", "Maria"),
        ("Form.Email", "maria@example.com"),
        ("Form.Password", "correct horse battery"),
    ];

    [Fact]
    public async Task The_printed_link_makes_one_admin_who_is_signed_in_and_then_the_page_is_gone()
    {
        await using var host = await AccessHost.StartAsync(postgres);
        using var browser = host.Browser();
        var link = new Uri(host.SetupLink!).PathAndQuery;

        using var made = await browser.SubmitAsync(link, _maria);

        Assert.Equal((HttpStatusCode.Redirect, "/first-steps"), (made.StatusCode, browser.LeadsTo(made)));
        Assert.Equal(1L, await host.AskAsync<long>(Admins));
        using var keys = await browser.GetAsync("/api/v1/keys");
        Assert.Equal(HttpStatusCode.OK, keys.StatusCode);
        using var again = await browser.GetAsync(link);
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
        using var bare = await browser.GetAsync("/setup");
        Assert.Equal(HttpStatusCode.NotFound, bare.StatusCode);
    }

    [Theory]
    [InlineData("/setup")]
    [InlineData("/setup?token=")]
    [InlineData("/setup?token=wrong")]
    public async Task Without_the_link_the_page_says_to_open_it_and_has_no_form(string page)
    {
        await using var host = await AccessHost.StartAsync(postgres);
        using var browser = host.Browser();

        var html = await browser.TextAsync(page);

        Assert.Contains("Open the link that the program printed.", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<form", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("wrong")]
    public async Task A_form_sent_without_the_right_token_makes_no_admin(string token)
    {
        await using var host = await AccessHost.StartAsync(postgres);
        using var browser = host.Browser();
        var send = await browser.OpenAsync(new Uri(host.SetupLink!).PathAndQuery);

        using var answer = await send([.. _maria, ("Form.Token", token)]);

        Assert.Equal(0L, await host.AskAsync<long>(Admins));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var html = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("No admin was made", html, StringComparison.Ordinal);
        Assert.Contains("Open the link that the program printed.", html, StringComparison.Ordinal);
        Assert.Equal(0L, await host.AskAsync<long>("SELECT count(*) FROM users"));
    }

    [Fact]
    public async Task A_form_sent_without_the_antiforgery_token_makes_no_admin()
    {
        await using var host = await AccessHost.StartAsync(postgres);
        using var browser = host.Browser();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(host.SetupLink!).PathAndQuery)
        {
            Content = new FormUrlEncodedContent(
                new Dictionary<string, string>(_maria.ToDictionary(f => f.Item1, f => f.Item2))
                {
                    ["_handler"] = "setup",
                    ["Form.Token"] = Token(host),
                }
            ),
        };

        using var answer = await browser.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(0L, await host.AskAsync<long>(Admins));
    }

    [Fact]
    public async Task Of_many_forms_sent_at_once_one_makes_an_admin()
    {
        await using var host = await AccessHost.StartAsync(postgres);
        var browsers = Enumerable.Range(0, 6).Select(_ => host.Browser()).ToArray();
        var page = new Uri(host.SetupLink!).PathAndQuery;
        var forms = await Task.WhenAll(browsers.Select(browser => browser.OpenAsync(page)));

        var answers = await Task.WhenAll(
            forms.Select(
                (send, no) =>
                    send([
                        ("Form.Name", $"Person {no}"),
                        ("Form.Email", $"person{no}@example.com"),
                        ("Form.Password", "correct horse battery"),
                    ])
            )
        );

        Assert.Equal(1L, await host.AskAsync<long>(Admins));
        Assert.Equal(1L, await host.AskAsync<long>("SELECT count(*) FROM users"));
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.Redirect);
        Array.ForEach(browsers, browser => browser.Dispose());
    }

    [Fact]
    public async Task A_bad_field_is_named_and_nothing_is_made()
    {
        await using var host = await AccessHost.StartAsync(postgres);
        using var browser = host.Browser();

        using var answer = await browser.SubmitAsync(
            new Uri(host.SetupLink!).PathAndQuery,
            ("Form.Name", "Maria"),
            ("Form.Email", "maria@example.com"),
            ("Form.Password", "short")
        );

        var html = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("at least 8 characters", html, StringComparison.Ordinal);
        Assert.Contains("value=\"Maria\"", html, StringComparison.Ordinal);
        Assert.Equal(0L, await host.AskAsync<long>("SELECT count(*) FROM users"));
    }

    [Fact]
    public async Task Only_the_hash_of_the_token_is_stored()
    {
        await using var host = await AccessHost.StartAsync(postgres);

        var stored = await host.AskAsync<string>("SELECT string_agg(t::text, '') FROM setup_tokens t");

        Assert.NotNull(stored);
        Assert.DoesNotContain(Token(host), stored, StringComparison.Ordinal);
        Assert.Equal(32, await host.AskAsync<int>("SELECT octet_length(hash) FROM setup_tokens"));
    }

    [Theory]
    [InlineData("https://jobs.example.com/", "https://jobs.example.com/setup?token=")]
    [InlineData("", "http://127.0.0.1:0/setup?token=")]
    public async Task The_link_names_the_public_address_or_where_the_program_listens(string configured, string begins)
    {
        await using var host = await AccessHost.StartAsync(postgres, null, ("AgentControl:PublicUrl", configured));

        Assert.StartsWith(begins, host.SetupLink, StringComparison.Ordinal);
    }

    private static string Token(AccessHost host) => host.SetupLink!.Split("token=")[1];
}
