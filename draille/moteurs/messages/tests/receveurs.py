"""Deux vrais receveurs pour les essais : un serveur SMTP et une passerelle SMS, sur la boucle."""

import asyncio
import json
import threading
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class ServeurSmtp:
    """Un serveur SMTP minimal (RFC 5321) ; garde tout ce qu'il accepte, doubles compris.

    `refuse` : destinations que RCPT refuse pour de bon. `occupe` : celles qu'il dit occupées.
    """

    def __init__(self, port=0):
        self.recus, self.refuse, self.occupe = [], set(), set()
        self.port, self._pret = port, threading.Event()
        self._boucle = asyncio.new_event_loop()
        self._fil = threading.Thread(target=self._tourner, daemon=True)

    def __enter__(self):
        self._fil.start()
        assert self._pret.wait(10)
        return self

    def __exit__(self, *_):
        self._boucle.call_soon_threadsafe(self._boucle.stop)
        self._fil.join(10)

    @property
    def messages(self):
        """Les messages acceptés, lus."""
        return [message_from_bytes(brut, policy=policy.default) for brut in self.recus]

    @property
    def distincts(self):
        """Ce que voit un receveur qui écarte les doubles : un message par Message-ID."""
        return {m["Message-ID"]: m for m in self.messages}

    def _tourner(self):
        asyncio.set_event_loop(self._boucle)
        serveur = self._boucle.run_until_complete(
            asyncio.start_server(self._servir, "127.0.0.1", self.port)
        )
        self.port = serveur.sockets[0].getsockname()[1]
        self._pret.set()
        self._boucle.run_forever()
        serveur.close()
        for tache in asyncio.all_tasks(self._boucle):
            tache.cancel()
        self._boucle.run_until_complete(asyncio.sleep(0))
        self._boucle.close()

    async def _servir(self, lecture, ecriture):
        async def dire(ligne):
            ecriture.write(ligne.encode() + b"\r\n")
            await ecriture.drain()

        await dire("220 essais ESMTP")
        while ligne := await lecture.readline():
            mot = ligne[:4].upper()
            if mot in (b"EHLO", b"HELO"):
                await dire("250 essais")
            elif mot == b"RCPT":
                adresse = ligne.decode().split("<")[1].split(">")[0]
                codes = {**dict.fromkeys(self.refuse, 550), **dict.fromkeys(self.occupe, 451)}
                await dire(f"{codes.get(adresse, 250)} {adresse}")
            elif mot == b"DATA":
                await dire("354 allez")
                octets = await lecture.readuntil(b"\r\n.\r\n")
                self.recus.append(octets[:-3].replace(b"\r\n..", b"\r\n."))
                await dire(f"250 Ok: queued as {len(self.recus)}")
            elif mot == b"QUIT":
                await dire("221 au revoir")
                break
            else:
                await dire("250 Ok")
        ecriture.close()


class PasserelleSms:
    """Une passerelle SMS : accepte, garde tout, répond 409 à une clé déjà acceptée.

    `codes` : réponses à donner par destinataire, à la place.
    """

    def __init__(self, port=0, jeton="secret"):
        self.demandes, self.acceptes, self.codes = [], {}, {}
        passerelle = self

        class Reponse(BaseHTTPRequestHandler):
            def do_POST(self):
                corps = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                cle = self.headers["Idempotency-Key"]
                code = passerelle.codes.get(corps["destinataire"], 202)
                if self.headers["Authorization"] != f"Bearer {jeton}":
                    code = 401
                passerelle.demandes.append((code, cle, corps))
                if code == 202 and cle in passerelle.acceptes:
                    code = 409
                if code == 202:
                    passerelle.acceptes[cle] = corps
                self.send_response(code)
                if code == 302:
                    self.send_header("Location", "http://127.0.0.1:1/")
                self.end_headers()
                self.wfile.write(json.dumps({"id": f"sms-{len(passerelle.acceptes)}"}).encode())

            def log_message(self, *_):
                pass

        self._serveur = ThreadingHTTPServer(("127.0.0.1", port), Reponse)
        self.port = self._serveur.server_address[1]
        self.adresse = f"http://127.0.0.1:{self.port}/envois"

    def __enter__(self):
        threading.Thread(target=self._serveur.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self._serveur.shutdown()
        self._serveur.server_close()
