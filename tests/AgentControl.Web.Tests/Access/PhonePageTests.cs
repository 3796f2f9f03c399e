using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AgentControl.Engine.Access;
using AgentControl.Web.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AgentControl.Web.Tests.Access;

/// <summary>Pages without a circuit, over HTTP: a decision from a phone in each of its states, and what a browser gets when a page cannot be made.</summary>
public sealed class PhonePageTests(ProgramFixture program) : IClassFixture<ProgramFixture>
{
    [Fact]
    public async Task A_stranger_is_sent_to_sign_in_and_back_to_the_request()
    {
        var (_, approval) = await AskAsync();
        var name = await PersonAsync(Role.Approver);
        using var browser = new Browser(program.Address);

        using var sent = await browser.GetAsync($"/a/{approval}");
        var page = browser.LeadsTo(sent)!;
        Assert.Contains(
            "Sign in to decide what waits for you.",
            await browser.TextAsync(page),
            StringComparison.Ordinal
        );
        using var signedIn = await browser.SignInAsync(name, page: page);

        Assert.Equal($"/a/{approval}", browser.LeadsTo(signedIn));
    }

    [Theory]
    [InlineData("/nonsense", "text/html", "There is nothing at this address.")]
    [InlineData("/a/nope", "text/html", "There is nothing at this address.")]
    [InlineData("/api/nonsense", "text/html", "\"code\":\"notFound\"")]
    [InlineData("/css/nonsense.css", "text/css", "")]
    public async Task An_unknown_address_is_answered_in_the_words_of_who_asks(string path, string accept, string words)
    {
        using var browser = await OpenAsync(Role.Viewer);
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.ParseAdd(accept);

        using var answer = await browser.SendAsync(request);

        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.True(words.Length == 0 ? text.Length == 0 : text.Contains(words, StringComparison.Ordinal), text);
    }

    [Fact]
    public async Task An_address_that_no_column_can_hold_is_none()
    {
        using var browser = await OpenAsync(Role.Viewer);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/jobs?q=a%00b");
        request.Headers.Accept.ParseAdd("text/html");

        using var answer = await browser.SendAsync(request);

        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("There is nothing at this address.", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_request_says_so()
    {
        using var browser = await OpenAsync(Role.Approver);

        var html = await browser.TextAsync($"/a/{Guid.CreateVersion7()}");

        Assert.Contains("No such request", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<form", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deadline_stands_with_its_times()
    {
        var (_, approval) = await AskAsync();
        await ExecuteAsync($"UPDATE approvals SET deadline = now() + interval '2 hours' WHERE id = '{approval}'");
        using var browser = await OpenAsync(Role.Approver);

        var html = await browser.TextAsync($"/a/{approval}");

        Assert.Matches("By\\s+<ac-time form=\"absolute\".*in 1 h</time>", html);
    }

    [Fact]
    public async Task Markdown_is_drawn_as_in_the_inbox_with_its_exact_text_beside_it_and_nothing_in_it_runs()
    {
        var (_, approval) = await AskAsync();
        await ExecuteAsync(
            $"""
            UPDATE approvals SET content_type = 'text/markdown',
                content = convert_to(E'# Totals\n\n**48,120** <script>alert(1)</script>', 'UTF8') WHERE id = '{approval}'
            """
        );
        using var browser = await OpenAsync(Role.Approver);

        using var answer = await browser.GetAsync($"/a/{approval}");

        var html = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Matches("<h[1-6][^>]*>Totals</h", html);
        Assert.Contains("<strong>48,120</strong>", html, StringComparison.Ordinal);
        Assert.Contains("**48,120** &lt;script&gt;", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>alert", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_role_the_reason_stands_where_the_form_would()
    {
        var (_, approval) = await AskAsync();
        using var browser = await OpenAsync(Role.Viewer);

        var html = await browser.TextAsync($"/a/{approval}");

        Assert.Contains(
            "You cannot decide this: Needs the Approver role in the workspace default. Ask an admin to grant it.",
            html,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("<form", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_answered_stands_with_who_answered()
    {
        var (_, approval) = await AskAsync();
        await ExecuteAsync(
            $"""UPDATE approvals SET state = 'responded', decided_at = now(), decided_by = 'Ben', value = '"<b>two</b> more"' WHERE id = '{approval}'"""
        );
        using var browser = await OpenAsync(Role.Approver);

        using var answer = await browser.GetAsync($"/a/{approval}");

        var html = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("Ben answered this", html, StringComparison.Ordinal);
        Assert.Matches("(?s)data-testid=\"given\">.{0,20}Answer: .{0,80}&lt;b&gt;two&lt;/b&gt; more", html);
    }

    [Fact]
    public async Task A_rejection_is_not_told_as_going_on()
    {
        var (_, approval) = await AskAsync();
        using var browser = await OpenAsync(Role.Approver);

        using var done = await browser.SubmitAsync(
            $"/a/{approval}",
            ("Form.Decision", "reject"),
            ("Form.Comment", "wrong quarter")
        );

        var html = await browser.TextAsync($"/a/{approval}?done=yes");
        Assert.Contains("Done. It is rejected.", html, StringComparison.Ordinal);
        Assert.DoesNotContain("The agent goes on", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_approval_is_stored_and_the_page_says_so()
    {
        var (job, approval) = await AskAsync();
        using var browser = await OpenAsync(Role.Approver);
        Assert.Contains("Needs you", await browser.TextAsync($"/a/{approval}"), StringComparison.Ordinal);

        using var done = await browser.SubmitAsync($"/a/{approval}", ("Form.Decision", "approve"));

        Assert.Equal($"/a/{approval}?done=yes", browser.LeadsTo(done));
        var html = await browser.TextAsync($"/a/{approval}?done=yes");
        Assert.Contains("Done. The agent goes on.", html, StringComparison.Ordinal);
        Assert.Contains("approved this", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<form", html, StringComparison.Ordinal);
        await program.WaitForAsync(job, "succeeded");
    }

    [Theory]
    [InlineData("reject", "Give a reason.")]
    [InlineData("", "Choose what to do.")]
    public async Task A_form_without_what_it_needs_decides_nothing_and_says_what_is_missing(
        string decision,
        string says
    )
    {
        var (_, approval) = await AskAsync();
        using var browser = await OpenAsync(Role.Approver);

        using var answer = await browser.SubmitAsync($"/a/{approval}", ("Form.Decision", decision));

        var html = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains(says, html, StringComparison.Ordinal);
        Assert.Contains("role=\"alert\"", html, StringComparison.Ordinal);
        Assert.Equal("pending", await StateAsync(approval));
    }

    [Fact]
    public async Task Whoever_comes_second_is_told_who_was_first()
    {
        var (_, approval) = await AskAsync();
        using var browser = await OpenAsync(Role.Approver);
        var send = await browser.OpenAsync($"/a/{approval}");
        using var first = await program.Admin.PostAsJsonAsync(
            $"approvals/{approval}/decide",
            new { decision = "approve", revision = 1 },
            TestContext.Current.CancellationToken
        );
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);

        using var second = await send([("Form.Decision", "reject"), ("Form.Comment", "no")]);

        var html = await second.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("approved this", html, StringComparison.Ordinal);
        Assert.Equal("approved", await StateAsync(approval));
    }

    [Fact]
    public async Task An_expired_request_says_that_its_deadline_passed()
    {
        var (_, approval) = await AskAsync();
        await ExecuteAsync($"UPDATE approvals SET state = 'expired', decided_at = now() WHERE id = '{approval}'");
        using var browser = await OpenAsync(Role.Approver);

        var html = await browser.TextAsync($"/a/{approval}");

        Assert.Contains("The deadline let expire this", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<form", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/a/00000000-0000-7000-8000-000000000001", "approvals")]
    [InlineData("/signin", "grants")]
    [InlineData("/setup", "grants")]
    public async Task A_page_that_cannot_be_made_names_the_error_and_tries_again(string page, string table)
    {
        using var browser = await OpenAsync(Role.Approver);
        await ExecuteAsync($"ALTER TABLE {table} RENAME TO {table}_away");
        using var failed = await AskForPageAsync(browser, page);
        await ExecuteAsync($"ALTER TABLE {table}_away RENAME TO {table}");
        using var again = await AskForPageAsync(browser, page);

        var html = await failed.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.InternalServerError, failed.StatusCode);
        Assert.Contains("This page could not be loaded", html, StringComparison.Ordinal);
        Assert.Matches("E-[0-9A-F]{4}", html);
        Assert.Contains($"href=\"{page}\">Try again</a>", html, StringComparison.Ordinal);
        Assert.NotEqual(HttpStatusCode.InternalServerError, again.StatusCode);
    }

    [Fact]
    public async Task Somebody_signed_in_who_is_sent_to_sign_in_learns_why()
    {
        using var browser = await OpenAsync(Role.Viewer);

        var html = await browser.TextAsync("/signin?returnUrl=%2Fsettings%2Fkeys");

        Assert.Contains("If a page sent you here, it needs another role", html, StringComparison.Ordinal);
    }

    private static Task<HttpResponseMessage> AskForPageAsync(Browser browser, string page)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, page);
        request.Headers.Accept.ParseAdd("text/html");
        return browser.SendAsync(request);
    }

    [Fact]
    public async Task Within_its_grace_a_decision_is_taken_back_from_the_phone_and_not_behind_it()
    {
        var (_, approval) = await AskAsync();
        await ExecuteAsync($"UPDATE approvals SET grace = interval '5 minutes' WHERE id = '{approval}'");
        using var browser = await OpenAsync(Role.Approver);
        using var done = await browser.SubmitAsync($"/a/{approval}", ("Form.Decision", "approve"));
        Assert.Contains("phone-undo", await browser.TextAsync(browser.LeadsTo(done)!), StringComparison.Ordinal);
        Assert.Equal("approved", await StateAsync(approval));

        using var back = await browser.SubmitAsync($"/a/{approval}");
        Assert.Contains("Taken back", await browser.TextAsync(browser.LeadsTo(back)!), StringComparison.Ordinal);
        Assert.Equal("pending", await StateAsync(approval));

        using var again = await browser.SubmitAsync($"/a/{approval}", ("Form.Decision", "approve"));
        await ExecuteAsync($"UPDATE approvals SET deliver_at = now() - interval '1 second' WHERE id = '{approval}'");
        Assert.DoesNotContain("phone-undo", await browser.TextAsync($"/a/{approval}"), StringComparison.Ordinal);
    }

    private async Task<Browser> OpenAsync(Role role)
    {
        var name = await PersonAsync(role);
        var browser = new Browser(program.Address);
        (await browser.SignInAsync(name)).Dispose();
        return browser;
    }

    // Nobody signs in before there is an admin.
    private async Task<string> PersonAsync(Role role)
    {
        await AddAsync(Role.Admin);
        return await AddAsync(role);
    }

    private async Task<string> AddAsync(Role role)
    {
        var name = "p" + Guid.NewGuid().ToString("N")[..8];
        await using var scope = program.Services.CreateAsyncScope();
        var people = scope.ServiceProvider.GetRequiredService<People>();
        var stop = TestContext.Current.CancellationToken;
        var (id, errors) = await people.AddAsync(
            Caller.System,
            new(name, $"{name}@example.com", "correct horse battery"),
            stop
        );
        Assert.Empty(errors);
        await people.GrantAsync(Caller.System, id!.Value, Caller.Everywhere, role, stop);
        return name;
    }

    private async Task<(string Job, string Approval)> AskAsync()
    {
        var job = (
            await program.SubmitAsync(new { agent = "synthetic", input = new { steps = 2, approvalAtStep = 1 } })
        ).Text("id")!;
        await program.WaitForAsync(job, "waiting");
        var asked = await program.Admin.GetFromJsonAsync<JsonElement>($"approvals?jobId={job}");
        return (job, asked.Items().Single().Text("id")!);
    }

    private async Task<string?> StateAsync(string approval) =>
        (await program.Admin.GetFromJsonAsync<JsonElement>($"approvals/{approval}")).Text("state");

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(program.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
