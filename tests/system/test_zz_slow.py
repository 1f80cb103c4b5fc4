def test_big(pty_run, folder):
    from gate import Gate
    import sys; sys.path.insert(0,'/work/main/tests/system')
    from test_run_progress import shown
    gate = Gate(folder)
    screen = pty_run("run", "-k", "-j", "2", "-c", f"seq -f 'line %09.0f of the output' 1000000; echo finished; {gate.program} {{}}; : {{}}", ":::", *"abcd")
    gate.wait_for("a", "b")
    gate.release("a"); 
    screen.read_until(b"finished"); gate.release("b")
    for n in "cd": gate.release(n)
    for n in "bcd": screen.read_until(b"finished")
    screen.wait()
    lines = shown(screen.screen)
    bad=[l for l in lines if not l.startswith(b"line ") and l!=b"finished"]
    assert len(lines)>4000000 and len(bad)<5, (len(lines), bad[:10])
